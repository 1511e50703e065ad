// The values of the calling API: plain data that goes in and comes out.

export interface CommunicationUserIdentifier {
  communicationUserId: string;
}
export interface PhoneNumberIdentifier {
  /** E.164, with the plus sign. */
  phoneNumber: string;
  rawId?: string;
  assertedId?: string;
  isAnonymous?: boolean;
}
export type Cloud = 'public' | 'dod' | 'gcch';
export interface MicrosoftTeamsUserIdentifier {
  microsoftTeamsUserId: string;
  rawId?: string;
  isAnonymous?: boolean;
  cloud?: Cloud;
}
export interface MicrosoftTeamsAppIdentifier {
  teamsAppId: string;
  rawId?: string;
  cloud?: Cloud;
}
export interface TeamsExtensionUserIdentifier {
  userId: string;
  tenantId: string;
  resourceId: string;
  rawId?: string;
  cloud?: Cloud;
}
/** Anything else, among it bots: `{id: 'echo'}`, `{id: '8:echo123'}`. */
export interface UnknownIdentifier {
  id: string;
}
export type CommunicationIdentifier =
  | CommunicationUserIdentifier
  | PhoneNumberIdentifier
  | MicrosoftTeamsUserIdentifier
  | MicrosoftTeamsAppIdentifier
  | TeamsExtensionUserIdentifier
  | UnknownIdentifier;
export type CommunicationIdentifierKind =
  | (CommunicationUserIdentifier & { kind: 'communicationUser' })
  | (PhoneNumberIdentifier & { kind: 'phoneNumber' })
  | (MicrosoftTeamsUserIdentifier & { kind: 'microsoftTeamsUser' })
  | (MicrosoftTeamsAppIdentifier & { kind: 'microsoftTeamsApp' })
  | (TeamsExtensionUserIdentifier & { kind: 'teamsExtensionUser' })
  | (UnknownIdentifier & { kind: 'unknown' });

export type CallState =
  | 'None'
  | 'Connecting'
  | 'Ringing'
  | 'Connected'
  | 'LocalHold'
  | 'RemoteHold'
  | 'InLobby'
  | 'Disconnecting'
  | 'Disconnected'
  | 'EarlyMedia';
export type RemoteParticipantState =
  | 'Idle'
  | 'Connecting'
  | 'Ringing'
  | 'Connected'
  | 'Hold'
  | 'InLobby'
  | 'EarlyMedia'
  | 'Disconnected';
export type ParticipantRole =
  | 'Unknown'
  | 'Attendee'
  | 'Presenter'
  | 'Organizer'
  | 'Co-organizer'
  | 'Consumer'
  | 'Collaborator';
export type CallDirection = 'Incoming' | 'Outgoing';
export type ConnectionState = 'Connected' | 'Disconnected';
export type ConnectionStateChangedReason = 'invalidToken' | 'connectionIssue';
export type DtmfTone =
  | 'A'
  | 'B'
  | 'C'
  | 'D'
  | 'Flash'
  | 'Num0'
  | 'Num1'
  | 'Num2'
  | 'Num3'
  | 'Num4'
  | 'Num5'
  | 'Num6'
  | 'Num7'
  | 'Num8'
  | 'Num9'
  | 'Pound'
  | 'Star';
export type AudioDeviceType = 'Microphone' | 'Speaker' | 'CompositeAudioDevice' | 'Virtual';
export type VideoDeviceType = 'Unknown' | 'UsbCamera' | 'CaptureAdapter' | 'Virtual' | 'ScreenSharing';
export type MediaStreamType = 'Video' | 'ScreenSharing' | 'RawMedia' | 'LiveStream' | 'Audio';

/** Why a call, an invitation or somebody's part in a call ended. */
export interface CallEndReason {
  code: number;
  subCode?: number;
  /** A sentence, where the server gave one. */
  message?: string;
}
export interface CallerInfo {
  identifier: CommunicationIdentifierKind | undefined;
  displayName?: string;
}
export interface XHeader {
  key: string;
  value: string;
}
/** What the caller wants the called side to know. */
export interface CustomContext {
  userToUser?: string;
  xHeaders?: XHeader[];
  sipHeaders?: XHeader[];
  voipHeaders?: XHeader[];
}
export interface AudioDeviceInfo {
  name: string;
  id: string;
  isSystemDefault: boolean;
  deviceType: AudioDeviceType;
}
export interface VideoDeviceInfo {
  name: string;
  id: string;
  deviceType: VideoDeviceType;
}
export interface PermissionConstraints {
  audio: boolean;
  video: boolean;
}
export interface DeviceAccess {
  audio: boolean;
  video: boolean;
}
export interface LocalAudioStreamOptions {
  /** Stop the stream's tracks when the call ends. Default: only of streams that were opened for the call. */
  autoDisposeOnCallEnd?: boolean;
}
export interface GroupCallLocator {
  groupId: string;
}
export type GroupLocator = GroupCallLocator;
export interface RoomCallLocator {
  roomId: string;
}
export type RoomLocator = RoomCallLocator;
/** The link of a room's meeting. */
export interface TeamsMeetingLinkLocator {
  meetingLink: string;
}
/** The id of a room's meeting: 12 digits. */
export interface TeamsMeetingIdLocator {
  meetingId: string;
  passcode?: string;
}
export type CallLocator = GroupLocator | RoomLocator | TeamsMeetingLinkLocator | TeamsMeetingIdLocator;
export interface AdmitLobbyParticipantOptions {}
export interface RejectLobbyParticipantOptions {}
export interface AdmitAllOperationResult {
  successCount: number;
  failureCount: number;
}
export interface HangUpOptions {
  forEveryone: boolean;
}
export interface AddPhoneNumberOptions {
  alternateCallerId?: PhoneNumberIdentifier;
}
export interface CallAgentOptions {
  displayName?: string;
}
export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}
export interface NetworkConfiguration {
  /** Used in addition to the servers that botd names. */
  turn?: { iceServers: IceServer[] };
}
export interface AccessToken {
  token: string;
  /** Milliseconds since 1970; infinite for a token that does not say. */
  expiresOnTimestamp: number;
}
export interface CommunicationTokenCredential {
  getToken(options?: { abortSignal?: AbortSignal }): Promise<AccessToken>;
  dispose(): void;
}
export interface CommunicationTokenRefreshOptions {
  /** Fetches a fresh token. */
  tokenRefresher: (abortSignal?: AbortSignal) => Promise<string>;
  token?: string;
  /** Fetch the next token before the old one expires, not when it is needed. Default false. */
  refreshProactively?: boolean;
}
export interface CollectionUpdate<T> {
  added: T[];
  removed: T[];
}
export type CollectionUpdatedEvent<T> = (update: CollectionUpdate<T>) => void;
export type PropertyChangedEvent = () => void;
