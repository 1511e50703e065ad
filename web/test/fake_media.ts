// As much of a browser's media as the client touches.

import { Emitter } from '../src/client/emitter';

/** As much of a peer connection as describes itself. */
export class FakeConnection {
  static last: FakeConnection;
  signalingState: RTCSignalingState = 'stable';
  connectionState: RTCPeerConnectionState = 'new';
  localDescription: { sdp: string } | null = null;
  remoteDescription: { sdp: string } | null = null;
  onicecandidate: ((event: { candidate: FakeCandidate | null }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  ontrack: null = null;
  generation = 1;
  applied: string[] = [];
  /** What getStats gives. */
  stats = new Map<string, object>();

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
  async getStats(): Promise<Map<string, object>> {
    return new Map(this.stats);
  }
  close(): void {}
  find(candidate: string, type = 'host'): void {
    this.onicecandidate?.({ candidate: { type, toJSON: () => ({ candidate }) } });
  }
  /** Has searched everywhere for candidates. */
  searched(): void {
    this.onicecandidate?.({ candidate: null });
  }
  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

interface FakeCandidate {
  type: string;
  toJSON: () => RTCIceCandidateInit;
}

/** A track of sound. Copies know each other, for what is sent is one. */
export class FakeTrack {
  static sent: FakeTrack | undefined;
  enabled = true;
  muted = false;
  readyState: MediaStreamTrackState = 'live';
  label = 'a track';
  id = 'track';

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

/** The devices of a computer. */
export class FakeDevices extends Emitter<{
  audioDevicesUpdated: () => void;
  selectedMicrophoneChanged: () => void;
  selectedSpeakerChanged: () => void;
}> {
  isSpeakerSelectionAvailable = true;
  microphones = ['a microphone'];
  speakers = ['a speaker'];
  selectedMicrophone = undefined;
  selectedSpeaker = undefined;

  async getMicrophones(): Promise<string[]> {
    return this.microphones;
  }
  async getSpeakers(): Promise<string[]> {
    return this.speakers;
  }
}

/** A page's audio context in which every stream is as loud as level says, as an amplitude. */
export class FakeContext {
  static level = 0;
  static listeners = 0;
  state = 'running';

  createMediaStreamSource(): { connect: () => void; disconnect: () => void } {
    FakeContext.listeners++;
    return { connect: () => undefined, disconnect: () => void FakeContext.listeners-- };
  }
  createAnalyser(): { fftSize: number; getFloatTimeDomainData: (samples: Float32Array) => void } {
    return { fftSize: 2048, getFloatTimeDomainData: (samples) => void samples.fill(FakeContext.level) };
  }
}
