import { Emitter } from './emitter';

export interface PeerEvents {
  candidate: (candidate: RTCIceCandidateInit | null) => void;
  connection: (state: RTCPeerConnectionState) => void;
  stream: (stream: MediaStream) => void;
  /** It is known anew whether relays can be reached. */
  relays: () => void;
}

/** The peer connection of one call: one sound track each way, offered by us. */
export class Peer extends Emitter<PeerEvents> {
  readonly #pc: RTCPeerConnection;
  readonly #transceiver: RTCRtpTransceiver;
  #early: (RTCIceCandidateInit | null)[] = [];
  /** Candidates of a restart, until the server knows of it; it would not know whose they are. */
  #held: (RTCIceCandidateInit | null)[] | undefined;
  #lastAnswer = '';
  /** A TURN server is named, so candidates of one (type relay) are to be found. */
  readonly #hasRelays: boolean;
  #relayed = false;
  #relaysReachable: boolean | undefined;

  constructor(iceServers: RTCIceServer[]) {
    super();
    this.#hasRelays = iceServers.some(({ urls }) => [urls].flat().some((url) => /^turns?:/.test(url)));
    this.#pc = new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' });
    this.#transceiver = this.#pc.addTransceiver('audio', { direction: 'sendrecv' });
    this.#pc.onicecandidate = (event) => this.#found(event.candidate);
    this.#pc.onconnectionstatechange = () => this.emit('connection', this.#pc.connectionState);
    this.#pc.ontrack = (event) => this.emit('stream', event.streams[0] ?? new MediaStream([event.track]));
  }

  get connection(): RTCPeerConnectionState {
    return this.#pc.connectionState;
  }
  /** Whether the last search for candidates found a relay; undefined where there is none, or before. */
  get relaysReachable(): boolean | undefined {
    return this.#relaysReachable;
  }
  get dtmf(): RTCDTMFSender | null {
    return this.#transceiver.sender.dtmf;
  }

  /** Sends this track from now on; null sends nothing. */
  async send(track: MediaStreamTrack | null): Promise<void> {
    await this.#transceiver.sender.replaceTrack(track);
  }

  /** Our session description. Candidates follow as they are found. */
  async offer(): Promise<string> {
    await this.#pc.setLocalDescription();
    return this.#pc.localDescription?.sdp ?? '';
  }

  /** Our description anew, with ICE restarted: from another network, or for another try. */
  async restart(): Promise<string> {
    this.#held = [];
    this.#relayed = false;
    this.#pc.restartIce();
    return this.offer();
  }

  /** The answer to the last offer. One that has been taken is repeated by a server that saw no sound yet. */
  async answer(sdp: string): Promise<void> {
    if (this.#pc.signalingState !== 'have-local-offer' || sdp === this.#lastAnswer) return;
    this.#lastAnswer = sdp;
    await this.#pc.setRemoteDescription({ type: 'answer', sdp });
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const candidate of held) this.emit('candidate', candidate);
    for (const candidate of this.#early.splice(0)) await this.#add(candidate);
  }

  /** A candidate of the other side, which may come before its description. */
  async candidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    if (this.#pc.remoteDescription) await this.#add(candidate);
    else this.#early.push(candidate);
  }

  stats(): Promise<RTCStatsReport> {
    return this.#pc.getStats();
  }

  close(): void {
    this.#pc.onicecandidate = this.#pc.onconnectionstatechange = this.#pc.ontrack = null;
    this.#pc.close();
  }

  #found(found: RTCIceCandidate | null): void {
    this.#relayed ||= found?.type === 'relay';
    if (!found) this.#searched();
    const candidate = found?.toJSON() ?? null;
    if (this.#held) this.#held.push(candidate);
    else this.emit('candidate', candidate);
  }

  /** All candidates have been found. */
  #searched(): void {
    if (!this.#hasRelays || this.#relayed === this.#relaysReachable) return;
    this.#relaysReachable = this.#relayed;
    this.emit('relays');
  }

  async #add(candidate: RTCIceCandidateInit | null): Promise<void> {
    await this.#pc.addIceCandidate(candidate ?? undefined);
  }
}
