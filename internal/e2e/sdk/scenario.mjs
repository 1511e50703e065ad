// An application that answers a call and goes through what applications do,
// with the service's own packages and nothing but a connection string.
//
//   node scenario.mjs CONNECTION-STRING PROMPT-URL RAW-ID-OF-A-COLLEAGUE
//
// It tells what it sees as JSON lines on standard output.
import { CallAutomationClient } from '@azure/communication-call-automation';
import { CommunicationIdentityClient } from '@azure/communication-identity';
import { subscribe } from './subscription.mjs';
import { Webhooks } from './webhooks.mjs';

const [connectionString, prompt, colleague] = process.argv.slice(2);
const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
process.on('unhandledRejection', (error) => {
  tell({ step: 'failed', error: String(error?.stack ?? error) });
  process.exit(1);
});

const webhooks = new Webhooks();
webhooks.onEvent = (event) => tell({ step: 'event', event });
const origin = await webhooks.listen();
const of = (kind) => webhooks.next((e) => e.kind === kind);
const roster = (passes) => webhooks.next((e) => e.kind === 'ParticipantsUpdated' && passes(e.participants));
const has = (participants, user) =>
  participants.find((p) => p.identifier.communicationUserId === user.communicationUserId);

const identities = new CommunicationIdentityClient(connectionString);
const support = await identities.createUser();
await subscribe(connectionString, 'scenario', `${origin}/incoming`, support.communicationUserId);
tell({ step: 'ready', user: support.communicationUserId });

const incoming = await webhooks.next((e) => e.eventType === 'Microsoft.Communication.IncomingCall');
const caller = { communicationUserId: incoming.data.from.rawId };
const client = new CallAutomationClient(connectionString);
const { callConnection, callConnectionProperties } = await client.answerCall(
  incoming.data.incomingCallContext, `${origin}/events`, { operationContext: 'answer' });
await of('CallConnected');
await roster((p) => has(p, caller));
tell({ step: 'answered', connection: callConnectionProperties.callConnectionId });

const media = callConnection.getCallMedia();
await media.playToAll([{ kind: 'fileSource', url: prompt }], { operationContext: 'play' });
await of('PlayCompleted');
tell({ step: 'played' });

await media.startRecognizing(caller, {
  kind: 'callMediaRecognizeDtmfOptions',
  maxTonesToCollect: 5,
  stopDtmfTones: ['pound'],
  initialSilenceTimeoutInSeconds: 20,
  interToneTimeoutInSeconds: 10,
  operationContext: 'recognize',
});
tell({ step: 'recognizing' });
const { dtmfResult } = await of('RecognizeCompleted');
tell({ step: 'recognized', tones: dtmfResult.tones });

await callConnection.muteParticipant(caller);
await roster((p) => has(p, caller)?.isMuted);
tell({ step: 'muted' });

const user = { communicationUserId: colleague };
await callConnection.addParticipant({ targetParticipant: user }, { operationContext: 'add' });
await of('AddParticipantSucceeded');
await roster((p) => has(p, user));
const { values } = await callConnection.listParticipants();
tell({ step: 'added', participants: values.length });

await new Promise((ok) => process.stdin.once('data', ok)); // until the test has listened
await callConnection.hangUp(true);
await of('CallDisconnected');
tell({ step: 'over' });
await webhooks.close();
process.stdin.destroy();
