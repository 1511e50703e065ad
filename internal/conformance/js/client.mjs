// CallAutomationClient: how calls begin.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { CallAutomationClient } from '@azure/communication-call-automation';
import { CommunicationIdentityClient } from '@azure/communication-identity';
import { RoomsClient } from '@azure/communication-rooms';
import { callTo, connected, end, groupCallTo, outcome, properties } from './calls.mjs';
import { ids, rawId, refused, text } from './expect.mjs';
import { login } from './people.mjs';
import { need, scene, step } from './steps.mjs';
import { parse } from './subscription.mjs';

const name = (method) => `CallAutomationClient.${method}`;

export async function client(world) {
  await handles(world);
  await tokens(world);
  await creating(world);
  await failing(world);
  await toPhones(world);
  await toGroups(world);
  await answering(world);
  await sharing(world);
  await rejecting(world);
  await redirecting(world);
  await connecting(world);
}

const handles = ({ client, connectionString, support }) => scene('handles', async () => {
  await step(name('getCallConnection'), () =>
    refused(() => client.getCallConnection(randomUUID()).getCallConnectionProperties(), 404, '8522'));
  await step(name('getCallRecording'), () => assert.ok(client.getCallRecording()));
  await step(name('getSourceIdentity'), () => {
    assert.equal(client.getSourceIdentity(), undefined);
    const named = new CallAutomationClient(connectionString, { sourceIdentity: support });
    assert.deepEqual(named.getSourceIdentity(), support);
  });
});

/** The clients take a token of the company's instead of the key. */
const tokens = (world) => scene('tokens', async () => {
  const { connectionString, door, alice } = world;
  const endpoint = parse(connectionString).endpoint.href;
  const credential = (audience) => ({
    getToken: async (scopes) => {
      assert.deepEqual([scopes].flat(), ['https://communication.azure.com//.default']);
      const token = await login(door, { userId: 'a service', appId: randomUUID(), audience });
      return { token, expiresOnTimestamp: Date.now() + 3600_000 };
    },
  });
  const ours = credential('https://communication.azure.com');

  await step('CallAutomationClient, with a token', async () => {
    const call = await callTo({ ...world, client: new CallAutomationClient(endpoint, ours) }, alice, 'token');
    await call.connection.muteParticipant(alice.identifier);
    await end(world, call);
  });
  await step('RoomsClient and CommunicationIdentityClient, with a token', async () => {
    const rooms = new RoomsClient(endpoint, ours);
    await rooms.deleteRoom((await rooms.createRoom()).id);
    const identities = new CommunicationIdentityClient(endpoint, ours);
    await identities.deleteUser(await identities.createUser());
  });
  await step('CallAutomationClient, with a token for somebody else', () =>
    refused(() => new CallAutomationClient(endpoint, credential('https://graph.microsoft.com')).getCallConnection('x').getCallConnectionProperties(), 401, 'Unauthorized'));
});

const creating = (world) => scene('creating', async () => {
  const { client, hooks, alice } = world;
  let placed;

  await need(name('createCall'), async () => {
    const target = { targetParticipant: alice.identifier, sourceDisplayName: 'Support' };
    placed = await client.createCall(target, hooks.callback, { operationContext: 'create' });
    properties(placed.callConnectionProperties, { state: 'connecting', hooks, targets: [alice] });
    assert.equal(placed.callConnectionProperties.sourceDisplayName, 'Support');
    const ring = await alice.rings();
    assert.equal(ring.name, 'Support');
    assert.equal(ring.from, rawId(placed.callConnectionProperties.source));
  });
  await step(name('createCall: CallConnected, then ParticipantsUpdated'), async () => {
    await alice.accepts();
    const { id, properties: p } = await connected(world, placed, 'create');
    const { participants } = await hooks.event(id, 'ParticipantsUpdated');
    assert.deepEqual(ids(participants), [alice.id, rawId(p.source)].sort());
    await end(world, placed.callConnection && { connection: placed.callConnection, id });
    hooks.assertTold(id, 'CallConnected', 'CallDisconnected');
  });
  await step(name('createCall, with no address for events'), () =>
    refused(() => client.createCall({ targetParticipant: alice.identifier }, 'nowhere'), 400, '8523'));
});

const failing = ({ client, hooks, alice, nobody }) => scene('failing', async () => {
  const cases = [
    ['is declined', alice, () => alice.declines(), 603, 8538],
    ['finds the callee busy', alice, () => alice.declines({ busy: true }), 486, 8539],
    ['finds nobody', nobody, () => {}, 480, 8541],
  ];
  for (const [how, target, act, code, subCode] of cases) {
    await step(name(`createCall, which ${how}: CreateCallFailed`), async () => {
      const placed = await client.createCall({ targetParticipant: target.identifier }, hooks.callback, { operationContext: how });
      await act();
      const { callConnectionId } = placed.callConnectionProperties;
      outcome(await hooks.event(callConnectionId, 'CreateCallFailed'), code, subCode, how);
      hooks.assertTold(callConnectionId, 'CreateCallFailed');
      await refused(() => placed.callConnection.getCallConnectionProperties(), 404, '8522');
    });
  }
});

const toPhones = (world) => scene('to phones', async () => {
  const { client, hooks, phone } = world;
  await step(name('createCall, to a phone'), async () => {
    const sourceCallIdNumber = { phoneNumber: '+15551230000' };
    const target = { targetParticipant: phone.identifier, sourceCallIdNumber };
    const placed = await client.createCall(target, hooks.callback);
    properties(placed.callConnectionProperties, { state: 'connecting', hooks, targets: [phone] });
    assert.deepEqual(placed.callConnectionProperties.sourceCallerIdNumber, sourceCallIdNumber);
    assert.equal((await phone.rings()).from, '4:+15551230000');
    await phone.accepts();
    const call = await connected(world, placed);
    const { participants } = await hooks.event(call.id, 'ParticipantsUpdated');
    assert.ok(participants.some((p) => p.identifier.phoneNumber === phone.identifier.phoneNumber));
    await end(world, call);
  });
  await step(name('createCall, to a phone without a number of its own'), () =>
    refused(() => client.createCall({ targetParticipant: phone.identifier }, hooks.callback), 400, '8523'));
});

const toGroups = (world) => scene('to groups', async () => {
  const { hooks, alice, bob } = world;
  let call;
  await need(name('createGroupCall'), async () => {
    call = await groupCallTo(world, alice, bob);
    properties(call.properties, { state: 'connecting', hooks, targets: [alice, bob] });
  });
  await step(name('createGroupCall, which goes on when one leaves'), async () => {
    await bob.hangsUp();
    await hooks.roster(call.id, (list) => list.length === 2);
    await end(world, call);
    hooks.assertTold(call.id, 'CallConnected', 'CallDisconnected');
  });
});

const answering = (world) => scene('answering', async () => {
  const { connectionString, hooks, alice, support } = world;
  const client = new CallAutomationClient(connectionString, { sourceIdentity: support });
  let incoming;

  await need('IncomingCall', async () => {
    await alice.calls(support.communicationUserId);
    ({ data: incoming } = await hooks.incoming(support.communicationUserId));
    assert.equal(incoming.from.rawId, alice.id);
    for (const field of ['serverCallId', 'correlationId', 'incomingCallContext']) text(incoming[field]);
    assert.equal(incoming.callerDisplayName, 'alice');
  });
  await need(name('answerCall'), async () => {
    const answered = await client.answerCall(incoming.incomingCallContext, hooks.callback, { operationContext: 'answer' });
    const p = answered.callConnectionProperties;
    assert.equal(p.serverCallId, incoming.serverCallId);
    assert.equal(p.correlationId, incoming.correlationId);
    assert.equal(rawId(p.source), alice.id);
    assert.deepEqual(p.targetParticipants, [support]);
    assert.deepEqual(p.answeredby, support);
    const call = await connected(world, answered, 'answer');
    await hooks.roster(call.id, (list) => list.length === 2);
    await alice.hangsUp();
    outcome(await hooks.event(call.id, 'CallDisconnected'), 200, 0, 'answer');
    hooks.assertTold(call.id, 'CallConnected', 'CallDisconnected');
  });
  await step(name('answerCall, of a call that is over'), () =>
    refused(() => client.answerCall(incoming.incomingCallContext, hooks.callback), 404, '8522'));
  await step(name('answerCall, of a caller who goes before anything is heard: AnswerFailed'), async () => {
    await alice.callsInVain(support.communicationUserId);
    const { data } = await hooks.incoming(support.communicationUserId);
    const { callConnectionProperties: p } = await client.answerCall(data.incomingCallContext, hooks.callback, { operationContext: 'vain' });
    await alice.hangsUp();
    outcome(await hooks.event(p.callConnectionId, 'AnswerFailed'), 404, 8522, 'vain');
    hooks.assertTold(p.callConnectionId, 'AnswerFailed');
  });
  await step(name('answerCall, of a call to a number'), async () => {
    const { number } = world;
    await alice.calls(`4:${number.phoneNumber}`);
    const { data } = await hooks.incoming(`4:${number.phoneNumber}`);
    const answered = await client.answerCall(data.incomingCallContext, hooks.callback);
    assert.deepEqual(answered.callConnectionProperties.answeredFor, number);
    await end(world, await connected(world, answered));
  });
});

const sharing = (world) => scene('sharing', async () => {
  const { client, hooks, alice, support } = world;
  let [first, second] = [];
  await need('IncomingCall, of somebody who is added', async () => {
    first = await callTo(world, alice, 'first');
    const customCallingContext = [
      { kind: 'voip', key: 'order', value: '77' },
      { kind: 'sipuui', key: '', value: 'abc' },
      { kind: 'sipx', key: 'ticket', value: '12' },
    ];
    await first.connection.addParticipant({ targetParticipant: support, customCallingContext }, { operationContext: 'add' });
    const { data } = await hooks.incoming(support.communicationUserId);
    assert.deepEqual(data.customContext, {
      voipHeaders: { order: '77' }, sipHeaders: { 'User-To-User': 'abc', 'X-MS-Custom-ticket': '12' },
    });
    assert.equal(data.serverCallId, first.properties.serverCallId);
    second = await connected(world, await client.answerCall(data.incomingCallContext, hooks.callback, { operationContext: 'second' }), 'second');
    outcome(await hooks.event(first.id, 'AddParticipantSucceeded'), 200, 0, 'add');
  });
  await step('two applications at one call, each told its own results', async () => {
    await hooks.roster(second.id, (list) => list.length === 3);
    await second.connection.getCallMedia().playToAll([{ kind: 'fileSource', url: `${world.door}/prompt.wav` }], { operationContext: 'mine' });
    outcome(await hooks.event(second.id, 'PlayCompleted'), 200, 0, 'mine');
    await second.connection.hangUp(false);
    await hooks.event(second.id, 'CallDisconnected');
    await hooks.roster(first.id, (list) => list.length === 2);
    await end(world, first);
    hooks.assertTold(first.id, 'CallConnected', 'AddParticipantSucceeded', 'CallDisconnected');
    hooks.assertTold(second.id, 'CallConnected', 'PlayStarted', 'PlayCompleted', 'CallDisconnected');
  });
});

const rejecting = ({ client, hooks, alice, support }) => scene('rejecting', async () => {
  const reasons = { none: [603, 8538], busy: [486, 8539], forbidden: [603, 8538] };
  for (const [callRejectReason, [code, subCode]] of Object.entries(reasons)) {
    await step(name(`rejectCall, ${callRejectReason}`), async () => {
      await alice.calls(support.communicationUserId);
      const { data } = await hooks.incoming(support.communicationUserId);
      await client.rejectCall(data.incomingCallContext, { callRejectReason });
      const why = await alice.ended();
      assert.deepEqual({ code: why.code, subCode: why.subCode }, { code, subCode }, why.message);
      await refused(() => client.rejectCall(data.incomingCallContext), 404, '8522');
    });
  }
});

const redirecting = ({ client, hooks, alice, bob, support }) => scene('redirecting', async () => {
  await step(name('redirectCall'), async () => {
    await alice.calls(support.communicationUserId);
    const { data } = await hooks.incoming(support.communicationUserId);
    await client.redirectCall(data.incomingCallContext, { targetParticipant: bob.identifier });
    assert.equal((await bob.rings()).name, 'alice');
    await bob.accepts();
    await alice.sees([alice.id, support.communicationUserId]); // a redirected leg keeps the name it was called by
    await refused(() => client.redirectCall(data.incomingCallContext, { targetParticipant: bob.identifier }), 404, '8522');
    await bob.hangsUp();
    assert.equal((await alice.ended()).code, 0);
  });
});

const connecting = (world) => scene('connecting', async () => {
  const { client, connectionString, hooks, alice, bob } = world;

  await step(name('connectCall, to a group'), async () => {
    const group = randomUUID();
    await alice.joins({ group });
    const met = await client.connectCall({ kind: 'groupCallLocator', id: group }, hooks.callback, { operationContext: 'join' });
    text(met.callConnectionProperties.serverCallId);
    const call = await connected(world, met, 'join');
    await hooks.roster(call.id, (list) => ids(list).includes(alice.id));
    await call.connection.hangUp(false);
    outcome(await hooks.event(call.id, 'CallDisconnected'), 200, 7000, 'join');
    hooks.assertTold(call.id, 'CallConnected', 'CallDisconnected');
    await alice.sees([alice.id]);
    await alice.hangsUp();
  });
  await step(name('connectCall, to a call by its serverCallId'), async () => {
    const first = await callTo(world, bob);
    const { serverCallId } = first.properties;
    const met = await client.connectCall({ kind: 'serverCallLocator', id: serverCallId }, hooks.callback, { operationContext: 'second' });
    const second = await connected(world, met, 'second');
    assert.notEqual(second.id, first.id);
    assert.equal(met.callConnectionProperties.serverCallId, serverCallId);
    await hooks.roster(second.id, (list) => ids(list).includes(bob.id));
    await end(world, first);
    await hooks.event(second.id, 'CallDisconnected');
    hooks.assertTold(second.id, 'CallConnected', 'CallDisconnected');
    hooks.assertTold(first.id, 'CallConnected', 'CallDisconnected');
  });
  await step(name('connectCall, to a room'), async () => {
    const room = await new RoomsClient(connectionString).createRoom({ participants: [{ id: alice.identifier, role: 'Presenter' }] });
    await alice.joins({ room: room.id });
    const met = await client.connectCall({ kind: 'roomCallLocator', id: room.id }, hooks.callback, { operationContext: 'room' });
    const call = await connected(world, met, 'room');
    await hooks.roster(call.id, (list) => ids(list).includes(alice.id));
    await end(world, call);
    assert.equal((await alice.ended()).subCode, 7000);
  });
  await step(name('connectCall, to a call that is none: ConnectFailed'), async () => {
    const locator = { kind: 'serverCallLocator', id: randomUUID() };
    const { callConnectionProperties: p } = await client.connectCall(locator, hooks.callback, { operationContext: 'none' });
    const failed = await hooks.event(p.callConnectionId, 'ConnectFailed');
    outcome(failed, 404, failed.resultInformation.subCode === 8522 ? 8522 : 8543, 'none');
    hooks.assertTold(p.callConnectionId, 'ConnectFailed');
  });
});
