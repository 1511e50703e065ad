// The objects of the calling API. Whatever has a state keeps it in a property
// and raises an event when it changes; the listener reads the property again.

import type { FeatureFactory } from './feature';
import type { LocalAudioStream } from './local_audio';
import type { AzureLogger } from './log';
import type { Observable, Volume } from './observable';
import type {
  AddPhoneNumberOptions,
  AdmitAllOperationResult,
  AdmitLobbyParticipantOptions,
  AudioDeviceInfo,
  CallDirection,
  CallEndReason,
  CallLocator,
  CallState,
  CallerInfo,
  CollectionUpdatedEvent,
  CommunicationIdentifier,
  CommunicationIdentifierKind,
  ConnectionState,
  ConnectionStateChangedReason,
  CustomContext,
  DeviceAccess,
  DtmfTone,
  HangUpOptions,
  NetworkConfiguration,
  ParticipantRole,
  PermissionConstraints,
  PhoneNumberIdentifier,
  PropertyChangedEvent,
  RejectLobbyParticipantOptions,
  RemoteParticipantState,
  VideoDeviceInfo,
} from './values';

export interface CallClientOptions {
  /** Where botd is, such as `https://calls.example`. Default: the origin of the page. */
  endpoint?: string;
  /** Takes what this client logs instead of the global AzureLogger. */
  logger?: AzureLogger;
  networkConfiguration?: NetworkConfiguration;
}

export interface AudioOptions {
  muted?: boolean;
  /** Sent instead of the selected microphone; the first one counts. */
  localAudioStreams?: LocalAudioStream[];
  /** For the microphone, if this call opens it. */
  constraints?: MediaTrackConstraints;
}
export interface JoinCallOptions {
  audioOptions?: AudioOptions;
}
export interface AcceptCallOptions {
  audioOptions?: AudioOptions;
}
export interface StartCallOptions extends JoinCallOptions {
  alternateCallerId?: PhoneNumberIdentifier;
  customContext?: CustomContext;
}

export interface ConnectionStateChange {
  newValue: ConnectionState;
  oldValue: ConnectionState;
  reason?: ConnectionStateChangedReason;
}
export interface CallAgentEvents {
  incomingCall: (args: { incomingCall: IncomingCall }) => void;
  callsUpdated: CollectionUpdatedEvent<Call>;
  connectionStateChanged: (change: ConnectionStateChange) => void;
}
/** One user, registered with botd to call and to be called. */
export interface CallAgent extends Observable<CallAgentEvents> {
  readonly kind: 'CallAgent';
  readonly calls: ReadonlyArray<Call>;
  readonly displayName?: string;
  readonly connectionState: ConnectionState;
  /** Whom the token is for. */
  readonly identifier: CommunicationIdentifierKind;
  startCall(participants: CommunicationIdentifier[], options?: StartCallOptions): Call;
  join(locator: CallLocator, options?: JoinCallOptions): Call;
  /** Hangs up every call and unregisters. */
  dispose(): Promise<void>;
}

export interface CallInfoEvents {
  callInfoChanged: PropertyChangedEvent;
}
/** Which call it is. An application can move somebody to another one. */
export interface CallInfo {
  readonly groupId: string | undefined;
  readonly threadId: string | undefined;
  /** Who one is in it; empty until that is known. */
  readonly participantId: string;
  /** The id that Call Automation connects to and records by; known once the call is. */
  getServerCallId(): Promise<string>;
  onCallInfoChanged(event: 'callInfoChanged', listener: PropertyChangedEvent): void;
  offCallInfoChanged(event: 'callInfoChanged', listener: PropertyChangedEvent): void;
}

export interface LobbyEvents {
  lobbyParticipantsUpdated: CollectionUpdatedEvent<RemoteParticipant>;
}
/** Those who wait to be let in, as whoever may decide about it sees them. */
export interface Lobby extends Observable<LobbyEvents> {
  readonly participants: ReadonlyArray<RemoteParticipant>;
  admit(participant: CommunicationIdentifier, options?: AdmitLobbyParticipantOptions): Promise<void>;
  reject(participant: CommunicationIdentifier, options?: RejectLobbyParticipantOptions): Promise<void>;
  admitAll(options?: AdmitLobbyParticipantOptions): Promise<AdmitAllOperationResult>;
  /** Sends somebody who is in the call back to the lobby. */
  return(participant: CommunicationIdentifier): Promise<void>;
}

export interface CallEvents {
  stateChanged: PropertyChangedEvent;
  isMutedChanged: PropertyChangedEvent;
  mutedByOthers: PropertyChangedEvent;
  roleChanged: PropertyChangedEvent;
  isIncomingAudioMutedChanged: PropertyChangedEvent;
  callerInfoChanged: PropertyChangedEvent;
  remoteParticipantsUpdated: CollectionUpdatedEvent<RemoteParticipant>;
  localAudioStreamsUpdated: CollectionUpdatedEvent<LocalAudioStream>;
  remoteAudioStreamsUpdated: CollectionUpdatedEvent<RemoteAudioStream>;
}
export interface Call extends Observable<CallEvents> {
  readonly kind: 'Call';
  readonly id: string;
  readonly info: CallInfo;
  readonly direction: CallDirection;
  readonly callerInfo: CallerInfo;
  readonly state: CallState;
  /** Set once state is Disconnected. */
  readonly callEndReason?: CallEndReason;
  readonly isMuted: boolean;
  readonly isIncomingAudioMuted: boolean;
  /** What one may do in a room's call; `Unknown` in a call without roles. */
  readonly role: ParticipantRole;
  readonly lobby: Lobby;
  readonly remoteParticipants: ReadonlyArray<RemoteParticipant>;
  readonly localAudioStreams: ReadonlyArray<LocalAudioStream>;
  readonly remoteAudioStreams: ReadonlyArray<RemoteAudioStream>;
  /** Resolves when the call is Disconnected. */
  hangUp(options?: HangUpOptions): Promise<void>;
  mute(): Promise<void>;
  unmute(): Promise<void>;
  muteAllRemoteParticipants(): Promise<void>;
  /** Neither hears nor is heard until `resume`. */
  hold(): Promise<void>;
  resume(): Promise<void>;
  muteIncomingAudio(): Promise<void>;
  unmuteIncomingAudio(): Promise<void>;
  /** Resolves when the tone has been sent. */
  sendDtmf(tone: DtmfTone): Promise<void>;
  addParticipant(identifier: CommunicationIdentifier, options?: AddPhoneNumberOptions): RemoteParticipant;
  /** Resolves when the participant has left remoteParticipants. */
  removeParticipant(identifier: CommunicationIdentifier): Promise<void>;
  /** Sends this stream instead of what is sent now. */
  startAudio(stream: LocalAudioStream): Promise<void>;
  /** One instance for each feature and call. */
  feature<F>(factory: FeatureFactory<F>): F;
}

export interface RemoteParticipantEvents {
  stateChanged: PropertyChangedEvent;
  isMutedChanged: PropertyChangedEvent;
  isSpeakingChanged: PropertyChangedEvent;
  displayNameChanged: PropertyChangedEvent;
  roleChanged: PropertyChangedEvent;
}
export interface RemoteParticipant extends Observable<RemoteParticipantEvents> {
  readonly identifier: CommunicationIdentifierKind;
  readonly displayName?: string;
  readonly state: RemoteParticipantState;
  readonly callEndReason?: CallEndReason;
  readonly isMuted: boolean;
  readonly isSpeaking: boolean;
  readonly role: ParticipantRole;
  readonly endpointDetails: ReadonlyArray<{ participantId: string }>;
  mute(): Promise<void>;
}

export interface IncomingCallEvents {
  callEnded: (args: { callEndReason: CallEndReason }) => void;
}
export interface IncomingCall extends Observable<IncomingCallEvents> {
  readonly kind: 'IncomingCall';
  readonly id: string;
  readonly info: CallInfo;
  readonly callerInfo: CallerInfo;
  readonly customContext?: CustomContext;
  readonly callEndReason?: CallEndReason;
  accept(options?: AcceptCallOptions): Promise<Call>;
  reject(): Promise<void>;
}

export interface RemoteAudioStream {
  readonly mediaStreamType: 'Audio';
  getMediaStream(): Promise<MediaStream>;
  getVolume(): Promise<Volume>;
}

export interface DeviceManagerEvents {
  audioDevicesUpdated: CollectionUpdatedEvent<AudioDeviceInfo>;
  videoDevicesUpdated: CollectionUpdatedEvent<VideoDeviceInfo>;
  selectedMicrophoneChanged: PropertyChangedEvent;
  selectedSpeakerChanged: PropertyChangedEvent;
}
export interface DeviceManager extends Observable<DeviceManagerEvents> {
  readonly isSpeakerSelectionAvailable: boolean;
  readonly selectedMicrophone?: AudioDeviceInfo;
  readonly selectedSpeaker?: AudioDeviceInfo;
  askDevicePermission(constraints: PermissionConstraints): Promise<DeviceAccess>;
  getMicrophones(): Promise<AudioDeviceInfo[]>;
  getSpeakers(): Promise<AudioDeviceInfo[]>;
  getCameras(): Promise<VideoDeviceInfo[]>;
  /** Running calls change to it at once. */
  selectMicrophone(device: AudioDeviceInfo): Promise<void>;
  /** Running calls change to it at once. */
  selectSpeaker(device: AudioDeviceInfo): Promise<void>;
}
