import { Emitter } from './emitter';
import type { CallMessage, Caption, Travel, Voice } from './protocol';
import type { PropertyChangedEvent } from './values';

/** For how long, in milliseconds, what the server measured counts as now: it is of the last five seconds. */
const fresh = 10_000;

export interface VitalsEvents {
  connectionChanged: PropertyChangedEvent;
  relaysChanged: PropertyChangedEvent;
  speakersChanged: PropertyChangedEvent;
  qualityChanged: PropertyChangedEvent;
  captionReceived: (caption: Caption) => void;
  /** The server hears the user speak, who is muted. */
  mutedSpeaking: PropertyChangedEvent;
  /** The microphone could not be opened; denied says that it was not allowed. */
  microphoneFailed: (args: { denied: boolean }) => void;
}

/** What the server measured of the sound of this client. */
export interface Measured {
  /** What it gets of ours. */
  send: Travel;
  /** What we get of the call's. */
  receive: Travel;
}

interface Sources {
  peer: {
    readonly connection: RTCPeerConnectionState;
    readonly relaysReachable: boolean | undefined;
    stats(): Promise<RTCStatsReport>;
    on(event: 'connection' | 'relays', listener: () => void): void;
  };
  microphone: { readonly track: MediaStreamTrack | null };
}

/** What goes on in a call below its states: what features look at. */
export class Vitals extends Emitter<VitalsEvents> {
  readonly #sources: Sources;
  #speakers: readonly Voice[] = [];
  #quality: (Measured & { at: number }) | undefined;

  constructor(sources: Sources) {
    super();
    this.#sources = sources;
    sources.peer.on('connection', () => this.emit('connectionChanged'));
    sources.peer.on('relays', () => this.emit('relaysChanged'));
  }

  get connection(): RTCPeerConnectionState {
    return this.#sources.peer.connection;
  }
  /** Whether a TURN server answers; undefined where there is none or it is not known yet. */
  get relaysReachable(): boolean | undefined {
    return this.#sources.peer.relaysReachable;
  }
  /** What is sent. */
  get track(): MediaStreamTrack | null {
    return this.#sources.microphone.track;
  }
  /** Who speaks, the loudest first, and then who did before. */
  get speakers(): readonly Voice[] {
    return this.#speakers;
  }
  /** What the server measured last. It tells when a grade becomes another; the figures grow old meanwhile. */
  get quality(): Measured | undefined {
    return this.#quality;
  }
  /** The same, while its figures are those of now. */
  get freshQuality(): Measured | undefined {
    return this.#quality && Date.now() - this.#quality.at < fresh ? this.#quality : undefined;
  }

  stats(): Promise<RTCStatsReport> {
    return this.#sources.peer.stats();
  }

  /** Takes a message of the server that is about none of the call's states. */
  receive(message: Extract<CallMessage, { type: 'speakers' | 'caption' | 'quality' | 'mutedSpeaking' }>): void {
    switch (message.type) {
      case 'speakers':
        this.#speakers = message.speakers;
        return this.emit('speakersChanged');
      case 'caption':
        return this.emit('captionReceived', message);
      case 'quality':
        this.#quality = { send: message.send, receive: message.receive, at: Date.now() };
        return this.emit('qualityChanged');
      case 'mutedSpeaking':
        return this.emit('mutedSpeaking');
    }
  }
}
