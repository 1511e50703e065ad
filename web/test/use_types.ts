// A program that uses the published types. Nothing runs it: compiling is the test.

import {
  AzureCommunicationTokenCredential,
  CallClient,
  CommunicationServicesError,
  Features,
  LocalAudioStream,
  setLogLevel,
} from '../dist/client/calling';
import type {
  Call,
  CallAgent,
  CallEndReason,
  IncomingCall,
  MediaDiagnosticChangedEventArgs,
  NetworkDiagnosticChangedEventArgs,
  RemoteParticipant,
} from '../dist/client/calling';

export async function callEcho(token: string): Promise<CallEndReason | undefined> {
  setLogLevel('warning');
  const client = new CallClient({ endpoint: 'https://calls.example' });
  const agent: CallAgent = await client.createCallAgent(new AzureCommunicationTokenCredential(token), { displayName: 'Ada' });
  agent.on('incomingCall', ({ incomingCall }: { incomingCall: IncomingCall }) => void incomingCall.reject());
  const localAudioStreams = [new LocalAudioStream(new MediaStream())];
  const call: Call = agent.startCall([{ id: 'echo' }], { audioOptions: { muted: true, localAudioStreams } });
  call.on('remoteParticipantsUpdated', ({ added }) => added.forEach((who: RemoteParticipant) => void who.mute()));
  call.feature(Features.MediaStats).createCollector().on('summaryReported', (summary) => summary.audio.send[0]?.bitrate?.raw);
  call.feature(Features.UserFacingDiagnostics).network.on('diagnosticChanged', (args: NetworkDiagnosticChangedEventArgs) => args.diagnostic === 'noNetwork');
  const { media } = call.feature(Features.UserFacingDiagnostics);
  media.on('diagnosticChanged', (args: MediaDiagnosticChangedEventArgs) => args.valueType === 'DiagnosticFlag' && args.value);
  media.getLatest().speakingWhileMicrophoneIsMuted?.value;
  const speakers = call.feature(Features.DominantSpeakers);
  speakers.on('dominantSpeakersChanged', () => speakers.dominantSpeakers.speakersList.map((who) => who.kind));
  await call.sendDtmf('Num1').catch((error: unknown) => error instanceof CommunicationServicesError && error.subCode);
  await call.hold().then(() => call.resume());
  call.lobby.on('lobbyParticipantsUpdated', ({ added }) => added.forEach(({ identifier }) => void call.lobby.admit(identifier)));
  call.on('roleChanged', () => call.role === 'Consumer');
  call.info.onCallInfoChanged('callInfoChanged', () => void call.info.getServerCallId());
  await agent.join({ meetingId: '123456789012', passcode: 'aB3dE6' }).hangUp();
  await call.hangUp({ forEveryone: true });
  return call.callEndReason;
}
