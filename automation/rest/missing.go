package rest

// missing are the operations that are known and not here: they answer 405/8520
// (rest.md section 3) instead of pretending never to have been heard of.
func missing() []route {
	var all []route
	for _, group := range []struct {
		family     family
		operations []operation
	}{
		{calling, missingCalls},
		{rooms, missingRooms},
		{beyond, missingBeyond},
	} {
		for _, o := range group.operations {
			all = append(all, route{method: o.method, path: o.path, name: o.name, family: group.family, action: unsupported()})
		}
	}
	return all
}

type operation struct{ method, path, name string }

var missingCalls = []operation{
	{post, "/calling/callConnections:connect", "connect"},
	{post, cc + ":transferToParticipant", "transferToParticipant"},
	{post, cc + "/participants:moveHere", "moveParticipants"},
	{post, cc + ":startContinuousDtmfRecognition", "startContinuousDtmfRecognition"},
	{post, cc + ":stopContinuousDtmfRecognition", "stopContinuousDtmfRecognition"},
	{post, cc + ":sendDtmfTones", "sendDtmfTones"},
	{post, cc + ":hold", "hold"},
	{post, cc + ":unhold", "unhold"},
	{post, cc + ":startTranscription", "startTranscription"},
	{post, cc + ":updateTranscription", "updateTranscription"},
	{post, cc + ":stopTranscription", "stopTranscription"},
	{post, cc + ":startMediaStreaming", "startMediaStreaming"},
	{post, cc + ":stopMediaStreaming", "stopMediaStreaming"},
	{post, "/calling/recordings", "startRecording"},
	{get, "/calling/recordings/{recordingId}", "getRecording"},
	{remove, "/calling/recordings/{recordingId}", "stopRecording"},
	{post, "/calling/recordings/{recordingId}:pause", "pauseRecording"},
	{post, "/calling/recordings/{recordingId}:resume", "resumeRecording"},
}

var missingRooms = []operation{
	{post, "/rooms", "createRoom"},
	{get, "/rooms", "listRooms"},
	{get, "/rooms/{roomId}", "getRoom"},
	{patch, "/rooms/{roomId}", "updateRoom"},
	{remove, "/rooms/{roomId}", "deleteRoom"},
	{get, "/rooms/{roomId}/participants", "listRoomParticipants"},
	{patch, "/rooms/{roomId}/participants", "updateRoomParticipants"},
}

var missingBeyond = []operation{
	{post, cc + "/participants:unmute", "unmuteParticipants"},
	{post, cc + "/participants:muteAll", "muteAllParticipants"},
	{put, cc + "/audioRouting", "setAudioRouting"},
	{post, cc + ":sendRealTimeText", "sendRealTimeText"},
	{get, cc + "/realTimeText", "getRealTimeText"},
	{get, "/calling/calls", "listCalls"},
	{get, "/calling/calls/{serverCallId}", "getServerCall"},
}
