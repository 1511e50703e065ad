// As much of a browser's media as the client touches.

/** As much of a peer connection as describes itself. */
export class FakeConnection {
  static last: FakeConnection;
  signalingState: RTCSignalingState = 'stable';
  connectionState: RTCPeerConnectionState = 'new';
  localDescription: { sdp: string } | null = null;
  remoteDescription: { sdp: string } | null = null;
  onicecandidate: ((event: { candidate: { toJSON: () => RTCIceCandidateInit } | null }) => void) | null = null;
  generation = 1;
  applied: string[] = [];

  constructor() {
    FakeConnection.last = this;
  }
  addTransceiver(): object {
    return { sender: { replaceTrack: async () => undefined } };
  }
  restartIce(): void {
    this.generation++;
  }
  async setLocalDescription(): Promise<void> {
    this.localDescription = { sdp: `offer ${this.generation}` };
    this.signalingState = 'have-local-offer';
  }
  async setRemoteDescription(description: { sdp: string }): Promise<void> {
    this.applied.push(description.sdp);
    this.remoteDescription = description;
    this.signalingState = 'stable';
  }
  close(): void {}
  find(candidate: string): void {
    this.onicecandidate?.({ candidate: { toJSON: () => ({ candidate }) } });
  }
}

/** A track of sound. Copies know each other, for what is sent is one. */
export class FakeTrack {
  static sent: FakeTrack | undefined;
  enabled = true;
  label = 'a track';

  clone(): FakeTrack {
    return (FakeTrack.sent = new FakeTrack());
  }
  stop(): void {}
}

export class FakeStream {
  readonly #track = new FakeTrack();

  getAudioTracks(): FakeTrack[] {
    return [this.#track];
  }
  getTracks(): FakeTrack[] {
    return [this.#track];
  }
}
