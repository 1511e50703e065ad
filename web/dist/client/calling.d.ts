// Types of /client/calling.js, the browser client of botd.

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
export type CommunicationIdentifier = CommunicationUserIdentifier | PhoneNumberIdentifier | MicrosoftTeamsUserIdentifier | MicrosoftTeamsAppIdentifier | TeamsExtensionUserIdentifier | UnknownIdentifier;
export type CommunicationIdentifierKind = (CommunicationUserIdentifier & {
    kind: 'communicationUser';
}) | (PhoneNumberIdentifier & {
    kind: 'phoneNumber';
}) | (MicrosoftTeamsUserIdentifier & {
    kind: 'microsoftTeamsUser';
}) | (MicrosoftTeamsAppIdentifier & {
    kind: 'microsoftTeamsApp';
}) | (TeamsExtensionUserIdentifier & {
    kind: 'teamsExtensionUser';
}) | (UnknownIdentifier & {
    kind: 'unknown';
});
export type CallState = 'None' | 'Connecting' | 'Ringing' | 'Connected' | 'LocalHold' | 'RemoteHold' | 'InLobby' | 'Disconnecting' | 'Disconnected' | 'EarlyMedia';
export type RemoteParticipantState = 'Idle' | 'Connecting' | 'Ringing' | 'Connected' | 'Hold' | 'InLobby' | 'EarlyMedia' | 'Disconnected';
export type ParticipantRole = 'Unknown' | 'Attendee' | 'Presenter' | 'Organizer' | 'Co-organizer' | 'Consumer' | 'Collaborator';
export type CallDirection = 'Incoming' | 'Outgoing';
export type ConnectionState = 'Connected' | 'Disconnected';
export type ConnectionStateChangedReason = 'invalidToken' | 'connectionIssue';
export type DtmfTone = 'A' | 'B' | 'C' | 'D' | 'Flash' | 'Num0' | 'Num1' | 'Num2' | 'Num3' | 'Num4' | 'Num5' | 'Num6' | 'Num7' | 'Num8' | 'Num9' | 'Pound' | 'Star';
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
export interface AdmitLobbyParticipantOptions {
}
export interface RejectLobbyParticipantOptions {
}
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
    turn?: {
        iceServers: IceServer[];
    };
}
export interface AccessToken {
    token: string;
    /** Milliseconds since 1970; infinite for a token that does not say. */
    expiresOnTimestamp: number;
}
export interface CommunicationTokenCredential {
    getToken(options?: {
        abortSignal?: AbortSignal;
    }): Promise<AccessToken>;
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

/** Something with events. E maps their names to their listeners. */
export interface Observable<E> {
    on<K extends keyof E>(event: K, listener: E[K]): void;
    off<K extends keyof E>(event: K, listener: E[K]): void;
}
/** How loud something is, from 0 to 100. */
export interface Volume extends Observable<{
    levelChanged: PropertyChangedEvent;
}> {
    readonly level: number;
}

export type AzureLogLevel = 'verbose' | 'info' | 'warning' | 'error';
/** Logs from this level up; undefined, the default, logs nothing. */
export declare function setLogLevel(level?: AzureLogLevel): void;
export declare function getLogLevel(): AzureLogLevel | undefined;
export interface AzureLogger {
    verbose(...args: unknown[]): void;
    info(...args: unknown[]): void;
    warning(...args: unknown[]): void;
    error(...args: unknown[]): void;
}
/** Where all logging ends. Replace `AzureLogger.log` to send it elsewhere. */
export declare const AzureLogger: {
    log: (...args: unknown[]) => void;
};
/** A logger whose lines begin with `botd:<name>:<level>`. */
export declare function createClientLogger(name: string): AzureLogger;

/** What every promise of this client is rejected with. */
export declare class CommunicationServicesError extends Error {
    readonly name = "CommunicationServicesError";
    readonly code: number;
    readonly subCode: number;
    constructor(reason: CallEndReason, options?: ErrorOptions);
}

/** The one string that stands for this identifier everywhere. */
export declare function getIdentifierRawId(identifier: CommunicationIdentifier): string;
/** What a raw id stands for. One that fits nothing else is an unknown identifier. */
export declare function createIdentifierFromRawId(rawId: string): CommunicationIdentifierKind;

/** A user's token: one that stays, or one that is fetched again when it is about to expire. */
export declare class AzureCommunicationTokenCredential implements CommunicationTokenCredential {
    #private;
    constructor(token: string | CommunicationTokenRefreshOptions);
    getToken(options?: {
        abortSignal?: AbortSignal;
    }): Promise<AccessToken>;
    dispose(): void;
}

/**
 * Makes a feature of a call; what `Features` holds. It is `Call.feature` that makes one: nobody
 * else has the call that it takes.
 */
export interface FeatureFactory<F> {
    readonly name: string;
}
/** A feature of one call. */
export interface CallFeature {
    readonly name: string;
    dispose(): void;
}

export interface LocalAudioStreamEvents {
    audioSourceChanged: (args: {
        source: LocalAudioStream;
    }) => void;
}
/** What is sent in a call: a microphone, or any MediaStream with a sound track. */
export declare class LocalAudioStream implements Observable<LocalAudioStreamEvents> {
    #private;
    readonly mediaStreamType: MediaStreamType;
    constructor(source: AudioDeviceInfo | MediaStream, options?: LocalAudioStreamOptions & {
        constraints?: MediaTrackConstraints;
    });
    /** The microphone; of a stream that was given, a device of no id named after its track. */
    get source(): AudioDeviceInfo;
    on<K extends keyof LocalAudioStreamEvents>(event: K, listener: LocalAudioStreamEvents[K]): void;
    off<K extends keyof LocalAudioStreamEvents>(event: K, listener: LocalAudioStreamEvents[K]): void;
    /** Opens the microphone if that has not been done. */
    getMediaStream(): Promise<MediaStream>;
    setMediaStream(stream: MediaStream): Promise<void>;
    switchSource(source: AudioDeviceInfo): Promise<void>;
    getVolume(): Promise<Volume>;
    dispose(): void;
}

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
    incomingCall: (args: {
        incomingCall: IncomingCall;
    }) => void;
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
    readonly endpointDetails: ReadonlyArray<{
        participantId: string;
    }>;
    mute(): Promise<void>;
}
export interface IncomingCallEvents {
    callEnded: (args: {
        callEndReason: CallEndReason;
    }) => void;
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

/** One direction's sound, in one sample (T number, U string) or over a time (T, U MediaStatValue). */
export interface AudioMediaStats<T, U> {
    id: string;
    codecName?: U;
    /** Bits per second. */
    bitrate?: T;
    jitterInMs?: T;
    packets?: T;
    packetsPerSecond?: T;
    packetsLost?: T;
    packetsLostPerSecond?: T;
    rttInMs?: T;
    transportId?: U;
}
export interface OutgoingAudioMediaStats<T, U> extends AudioMediaStats<T, U> {
    /** 0 to 65536. */
    audioInputLevel?: T;
}
export interface IncomingAudioMediaStats<T, U> extends AudioMediaStats<T, U> {
    jitterBufferDelayInMs?: T;
    /** 0 to 65536. */
    audioOutputLevel?: T;
    /** The share of samples that were concealed, 0 to 1. */
    healedRatio?: T;
}
export interface TransportMediaStats<T> {
    id: string;
    rttInMs?: T;
    availableIncomingBitrate?: T;
    availableOutgoingBitrate?: T;
}
/** Of sound, and of the path that it takes. This client sends no pictures: their lists are empty. */
export interface MediaStatsReport<T, U> {
    audio: {
        send: OutgoingAudioMediaStats<T, U>[];
        receive: IncomingAudioMediaStats<T, U>[];
    };
    video: {
        send: never[];
        receive: never[];
    };
    screenShare: {
        send: never[];
        receive: never[];
    };
    transports: TransportMediaStats<T>[];
}
export type MediaStatsReportSample = MediaStatsReport<number, string>;
/** A number in each aggregation interval of a summary. */
export interface MediaStatsAggregation {
    count: number[];
    sum: number[];
    min: number[];
    max: number[];
}
/** What a figure was in each sample, and, for numbers, in each aggregation interval. */
export interface MediaStatValue<T> {
    aggregation?: MediaStatsAggregation;
    raw: T[];
    timestamp: Date;
}
export type MediaStatsReportSummary = MediaStatsReport<MediaStatValue<number>, MediaStatValue<string>>;
export interface MediaStatsCollectorOptions {
    /** Seconds. Default 10. */
    aggregationInterval?: number;
    /** Intervals in one summary. Default 6. */
    dataPointsPerAggregation?: number;
}
export interface MediaStatsCollectorEvents {
    sampleReported: (sample: MediaStatsReportSample) => void;
    summaryReported: (summary: MediaStatsReportSummary) => void;
}
/** Reports a sample every second, and a summary of many. */
export interface MediaStatsCollector extends Observable<MediaStatsCollectorEvents> {
    dispose(): void;
}
export interface MediaStatsCallFeature extends CallFeature {
    createCollector(options?: MediaStatsCollectorOptions): MediaStatsCollector;
}
export interface DominantSpeakersInfo {
    /** Who speaks, the loudest first, and then who did before, the last first; oneself too. */
    speakersList: CommunicationIdentifierKind[];
    timestamp: Date;
}
export interface DominantSpeakersCallFeature extends CallFeature, Observable<{
    dominantSpeakersChanged: PropertyChangedEvent;
}> {
    readonly dominantSpeakers: DominantSpeakersInfo;
}
export declare const CaptionsKind: {
    readonly Captions: 'Captions';
    readonly TeamsCaptions: 'TeamsCaptions';
};
export type CaptionsKind = (typeof CaptionsKind)[keyof typeof CaptionsKind];
export type CaptionsResultType = 'Partial' | 'Final';
export interface ParticipantInfo {
    identifier: CommunicationIdentifierKind | undefined;
    displayName?: string;
}
/** What somebody says. A Partial one is followed by another one of the same speaker. */
export interface CaptionsInfo {
    resultType: CaptionsResultType;
    speaker: ParticipantInfo;
    spokenLanguage: string;
    spokenText: string;
    /** When they began to say it. */
    timestamp: Date;
}
export interface StartCaptionsOptions {
    spokenLanguage: string;
}
export interface CaptionsEvents {
    CaptionsReceived: (info: CaptionsInfo) => void;
    CaptionsActiveChanged: PropertyChangedEvent;
    SpokenLanguageChanged: PropertyChangedEvent;
}
/** Captions of a call that an application transcribes. The application says in which language; here they are shown or not. */
export interface Captions extends Observable<CaptionsEvents> {
    readonly kind: CaptionsKind;
    readonly isCaptionsFeatureActive: boolean;
    /** The language of the last caption; empty before any has come. */
    readonly activeSpokenLanguage: string;
    readonly supportedSpokenLanguages: string[];
    startCaptions(options?: StartCaptionsOptions): Promise<void>;
    stopCaptions(): Promise<void>;
    /** Rejects for any other language than the active one. */
    setSpokenLanguage(language: string): Promise<void>;
}
export interface CaptionsCallFeature extends CallFeature, Observable<{
    CaptionsKindChanged: PropertyChangedEvent;
}> {
    readonly captions: Captions;
}
export declare const DiagnosticQuality: {
    readonly Good: 1;
    readonly Poor: 2;
    readonly Bad: 3;
};
export type DiagnosticQuality = (typeof DiagnosticQuality)[keyof typeof DiagnosticQuality];
/** True is what is wrong. */
export type DiagnosticFlag = boolean;
export type DiagnosticValueType = 'DiagnosticQuality' | 'DiagnosticFlag';
export interface LatestDiagnosticValue {
    value: DiagnosticQuality | DiagnosticFlag;
    valueType: DiagnosticValueType;
}
/** What was found of the network; a diagnostic that was never made is missing. */
export interface LatestNetworkDiagnostics {
    /** Poor while sound is lost, Bad when the connection or the network is. */
    networkReconnect?: LatestDiagnosticValue;
    networkReceiveQuality?: LatestDiagnosticValue;
    networkSendQuality?: LatestDiagnosticValue;
    noNetwork?: LatestDiagnosticValue;
    /** No TURN server answers, of those that are named. */
    networkRelaysNotReachable?: LatestDiagnosticValue;
}
/** What was found of the devices. Those of cameras and screens are named for programs that ask; this client sends neither. */
export interface LatestMediaDiagnostics {
    /** Heard by the microphone itself, in a call that is connected. */
    speakingWhileMicrophoneIsMuted?: LatestDiagnosticValue;
    noSpeakerDevicesEnumerated?: LatestDiagnosticValue;
    noMicrophoneDevicesEnumerated?: LatestDiagnosticValue;
    /** It could not be opened, has stopped, or gave no sample for ten seconds. */
    microphoneNotFunctioning?: LatestDiagnosticValue;
    /** The system or another program has taken it away. */
    microphoneMuteUnexpectedly?: LatestDiagnosticValue;
    microphonePermissionDenied?: LatestDiagnosticValue;
    /** Nothing but zeros for ten seconds. */
    microphoneNotMuteButSilent?: LatestDiagnosticValue;
    cameraFreeze?: LatestDiagnosticValue;
    cameraStartFailed?: LatestDiagnosticValue;
    cameraStartTimedOut?: LatestDiagnosticValue;
    cameraStoppedUnexpectedly?: LatestDiagnosticValue;
    cameraPermissionDenied?: LatestDiagnosticValue;
    capturerStartFailed?: LatestDiagnosticValue;
    capturerStoppedUnexpectedly?: LatestDiagnosticValue;
    screenshareRecordingDisabled?: LatestDiagnosticValue;
}
export type NetworkDiagnosticType = keyof LatestNetworkDiagnostics;
export type MediaDiagnosticType = keyof LatestMediaDiagnostics;
export interface DiagnosticChangedEventArgs {
    value: DiagnosticQuality | DiagnosticFlag;
    valueType: DiagnosticValueType;
}
export type NetworkDiagnosticChangedEventArgs = DiagnosticChangedEventArgs & {
    diagnostic: NetworkDiagnosticType;
};
export type MediaDiagnosticChangedEventArgs = DiagnosticChangedEventArgs & {
    diagnostic: MediaDiagnosticType;
};
export interface NetworkDiagnostics extends Observable<{
    diagnosticChanged: (args: NetworkDiagnosticChangedEventArgs) => void;
}> {
    getLatest(): LatestNetworkDiagnostics;
}
export interface MediaDiagnostics extends Observable<{
    diagnosticChanged: (args: MediaDiagnosticChangedEventArgs) => void;
}> {
    getLatest(): LatestMediaDiagnostics;
}
/** What the user of a call should know. Events come when something becomes wrong, and when it is well again. */
export interface UserFacingDiagnosticsFeature extends CallFeature {
    readonly network: NetworkDiagnostics;
    readonly media: MediaDiagnostics;
}

/** What `call.feature` takes: every feature that works here, and none that does not. */
export declare const Features: {
    readonly Captions: FeatureFactory<CaptionsCallFeature>;
    readonly DominantSpeakers: FeatureFactory<DominantSpeakersCallFeature>;
    readonly MediaStats: FeatureFactory<MediaStatsCallFeature>;
    readonly UserFacingDiagnostics: FeatureFactory<UserFacingDiagnosticsFeature>;
};

/** Where everything begins: one per page, or one per botd that the page talks to. */
export declare class CallClient {
    #private;
    constructor(options?: CallClientOptions);
    /** Registers the token's user. Rejected if the server cannot be reached or refuses the token. */
    createCallAgent(tokenCredential: CommunicationTokenCredential, options?: CallAgentOptions): Promise<CallAgent>;
    getDeviceManager(): Promise<DeviceManager>;
    dispose(): Promise<void>;
}
