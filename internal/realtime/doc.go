// Package realtime is a small server that speaks the OpenAI Realtime protocol, for
// the tests of voice agents: it hears when somebody speaks and answers with a
// tone. It understands nothing of what is said.
//
// It has the part of the protocol that a voice agent over PCM needs:
//
//	from the client  session.update, input_audio_buffer.append, response.create,
//	                 response.cancel, conversation.item.truncate
//	to the client    session.created, session.updated,
//	                 input_audio_buffer.speech_started, .speech_stopped, .committed,
//	                 response.created, response.output_audio.delta, .done,
//	                 response.done, conversation.item.truncated, error
//
// Sound is PCM of 16 bits, one channel, at 24 kHz, both ways.
package realtime
