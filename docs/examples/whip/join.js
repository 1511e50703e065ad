// join brings the page into the call of a group or a room, and returns how to
// leave. The sound of the call is given to hear, as a MediaStream.
export async function join(place, { token, name, microphone, hear }) {
  const pc = new RTCPeerConnection();
  pc.ontrack = ({ track }) => hear(new MediaStream([track]));
  microphone.getAudioTracks().forEach((track) => pc.addTrack(track, microphone));
  await pc.setLocalDescription();

  const authorization = token ? { Authorization: `Bearer ${token}` } : {};
  const answer = await fetch(`/whip/${place}?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/sdp', ...authorization },
    body: pc.localDescription.sdp,
  });
  if (answer.status !== 201) throw new Error((await answer.json()).detail);
  await pc.setRemoteDescription({ type: 'answer', sdp: await answer.text() });

  const session = answer.headers.get('Location');
  return async function leave() {
    await fetch(session, { method: 'DELETE', headers: authorization });
    pc.close();
  };
}
