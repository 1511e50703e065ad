// CallConnection: who is in a call, and how it ends.
import assert from 'node:assert/strict';
import { callTo, end, groupCallTo, outcome, properties } from './calls.mjs';
import { ids, rawId, refused, text } from './expect.mjs';
import { need, scene, step } from './steps.mjs';

const name = (method) => `CallConnection.${method}`;

export async function connection(world) {
  await reading(world);
  await adding(world);
  await cancelling(world);
  await removing(world);
  await leaving(world);
  await transferring(world);
  await transferringInAGroup(world);
  await moving(world);
}

/** A scene in one call to Alice. */
const inCall = (world, title, act) => scene(title, async () => {
  let call;
  await need(`a call for ${title}`, async () => { call = await callTo(world, world.alice); });
  await act(call);
});

const reading = (world) => inCall(world, 'reading', async (call) => {
  const { hooks, alice, bob } = world;
  const application = rawId(call.properties.source);

  await step(name('getCallConnectionProperties'), async () => {
    const read = await call.connection.getCallConnectionProperties();
    properties(read, { state: 'connected', hooks, targets: [alice] });
    assert.equal(read.callConnectionId, call.id);
    assert.equal(read.serverCallId, call.properties.serverCallId);
  });
  await step(name('listParticipants'), async () => {
    const { values } = await call.connection.listParticipants();
    assert.deepEqual(ids(values), [alice.id, application].sort());
    for (const p of values) assert.deepEqual([p.isMuted, p.isOnHold], [false, false]);
  });
  await step(name('getParticipant'), async () => assert.deepEqual(
    await call.connection.getParticipant(alice.identifier),
    { identifier: alice.identifier, isMuted: false, isOnHold: false }));
  await step(name('getParticipant, who is not there'), () =>
    refused(() => call.connection.getParticipant(bob.identifier), 404, '8522'));

  await step(name('muteParticipant'), async () => {
    assert.equal((await call.connection.muteParticipant(alice.identifier, { operationContext: 'mute' })).operationContext, 'mute');
    await hooks.roster(call.id, (list) => list.find((p) => rawId(p.identifier) === alice.id)?.isMuted);
    await alice.isMuted();
    assert.equal((await call.connection.getParticipant(alice.identifier)).isMuted, true);
    await call.connection.muteParticipant(alice.identifier); // once more changes nothing
  });
  await step(name('muteParticipant, who is not there'), () =>
    refused(() => call.connection.muteParticipant(bob.identifier), 404, '8522'));
  await step(name('getCallMedia'), () => assert.ok(call.connection.getCallMedia()));
  await step(name('hangUp, for everybody'), async () => {
    outcome(await end(world, call), 200, 7000, 'call');
    const why = await alice.ended();
    assert.deepEqual([why.code, why.subCode], [0, 7000]);
    hooks.assertTold(call.id, 'CallConnected', 'CallDisconnected');
    await refused(() => call.connection.getCallConnectionProperties(), 404, '8522');
  });
});

const adding = (world) => inCall(world, 'adding', async (call) => {
  const { hooks, alice, bob, carol, phone } = world;
  const customCallingContext = [
    { kind: 'voip', key: 'order', value: '77' },
    { kind: 'sipuui', key: '', value: 'abc' },
    { kind: 'sipx', key: 'ticket', value: '12' },
  ];

  await step(name('addParticipant'), async () => {
    const invite = { targetParticipant: bob.identifier, sourceDisplayName: 'Support', customCallingContext };
    const added = await call.connection.addParticipant(invite, { operationContext: 'add', invitationTimeoutInSeconds: 20 });
    text(added.invitationId);
    assert.equal(added.operationContext, 'add');
    assert.deepEqual(added.participant.identifier, bob.identifier);
    const { custom } = await bob.rings();
    assert.deepEqual(custom.voipHeaders, { order: '77' });
    assert.deepEqual(custom.sipHeaders, { 'User-To-User': 'abc', 'X-MS-Custom-ticket': '12' });
    await bob.accepts();
    const joined = await hooks.event(call.id, 'AddParticipantSucceeded');
    outcome(joined, 200, 0, 'add');
    assert.deepEqual(joined.participant, bob.identifier);
    await hooks.roster(call.id, (list) => list.length === 3 && ids(list).includes(bob.id));
    await alice.sees([alice.id, bob.id, rawId(call.properties.source)]);
  });
  await step(name('addParticipant, who is there already'), () =>
    refused(() => call.connection.addParticipant({ targetParticipant: bob.identifier }), 409, '8519'));
  await step(name('addParticipant, who declines: AddParticipantFailed'), async () => {
    await call.connection.addParticipant({ targetParticipant: carol.identifier }, { operationContext: 'declined' });
    await carol.declines();
    const failed = await hooks.event(call.id, 'AddParticipantFailed');
    outcome(failed, 603, 8538, 'declined');
    assert.deepEqual(failed.participant, carol.identifier);
  });
  await step(name('addParticipant, who does not answer in time: AddParticipantFailed'), async () => {
    const options = { operationContext: 'rang out', invitationTimeoutInSeconds: 1 };
    await call.connection.addParticipant({ targetParticipant: carol.identifier }, options);
    await carol.rings();
    outcome(await hooks.event(call.id, 'AddParticipantFailed'), 487, 10004, 'rang out');
  });
  await step(name('addParticipant, by phone, told elsewhere'), async () => {
    const invite = { targetParticipant: phone.identifier, sourceCallIdNumber: { phoneNumber: '+15551230000' } };
    await call.connection.addParticipant(invite, { operationCallbackUrl: hooks.elsewhere });
    assert.equal((await phone.rings()).from, '4:+15551230000');
    await phone.accepts();
    const joined = await hooks.event(call.id, 'AddParticipantSucceeded', () => true, '/elsewhere');
    assert.equal(joined.participant.phoneNumber, phone.identifier.phoneNumber);
    assert.equal(joined.operationContext, undefined);
  });
  await step('addParticipant: what the call was told', async () => {
    await end(world, call);
    hooks.assertTold(call.id, 'CallConnected', 'AddParticipantSucceeded', 'AddParticipantFailed', 'AddParticipantFailed',
      'AddParticipantSucceeded', 'CallDisconnected');
  });
});

const cancelling = (world) => inCall(world, 'cancelling', async (call) => {
  const { hooks, bob } = world;
  await step(name('cancelAddParticipantOperation'), async () => {
    const { invitationId } = await call.connection.addParticipant({ targetParticipant: bob.identifier }, { operationContext: 'add' });
    await bob.rings();
    const cancelled = await call.connection.cancelAddParticipantOperation(invitationId, { operationContext: 'cancel' });
    assert.deepEqual([cancelled.invitationId, cancelled.operationContext], [invitationId, 'cancel']);
    const event = await hooks.event(call.id, 'CancelAddParticipantSucceeded');
    outcome(event, 200, 0, 'cancel');
    assert.equal(event.invitationId, invitationId);
    assert.equal((await bob.misses()).code, 487);
  });
  await step(name('cancelAddParticipantOperation, of no invitation: CancelAddParticipantFailed'), async () => {
    await call.connection.cancelAddParticipantOperation('none', { operationContext: 'cancel none' });
    const event = await hooks.event(call.id, 'CancelAddParticipantFailed');
    outcome(event, 404, 8522, 'cancel none');
    assert.equal(event.invitationId, 'none');
  });
  await step('cancelAddParticipantOperation: what the call was told', async () => {
    await end(world, call);
    hooks.assertTold(call.id, 'CallConnected', 'CancelAddParticipantSucceeded', 'CancelAddParticipantFailed', 'CallDisconnected');
  });
});

const removing = (world) => scene('removing', async () => {
  const { hooks, alice, bob, carol } = world;
  let call;
  await need('a call for removing', async () => { call = await groupCallTo(world, alice, bob); });
  await step(name('removeParticipant'), async () => {
    const removed = await call.connection.removeParticipant(bob.identifier, { operationContext: 'remove' });
    assert.equal(removed.operationContext, 'remove');
    const event = await hooks.event(call.id, 'RemoveParticipantSucceeded');
    outcome(event, 200, 0, 'remove');
    assert.deepEqual(event.participant, bob.identifier);
    await hooks.roster(call.id, (list) => list.length === 2 && !ids(list).includes(bob.id));
    assert.equal((await bob.ended()).code, 0);
  });
  await step(name('removeParticipant, with a context made up by the SDK'), async () => {
    await call.connection.addParticipant({ targetParticipant: bob.identifier });
    await bob.accepts();
    await hooks.event(call.id, 'AddParticipantSucceeded');
    const { operationContext } = await call.connection.removeParticipant(bob.identifier);
    outcome(await hooks.event(call.id, 'RemoveParticipantSucceeded'), 200, 0, operationContext);
  });
  await step(name('removeParticipant, who is not there'), () =>
    refused(() => call.connection.removeParticipant(carol.identifier), 404, '8522'));
  await step('removeParticipant: what the call was told', async () => {
    await end(world, call);
    hooks.assertTold(call.id, 'CallConnected', 'RemoveParticipantSucceeded', 'AddParticipantSucceeded',
      'RemoveParticipantSucceeded', 'CallDisconnected');
  });
});

const leaving = (world) => scene('leaving', async () => {
  const { hooks, alice, bob } = world;
  await step(name('hangUp, of a group call that goes on'), async () => {
    const call = await groupCallTo(world, alice, bob);
    await call.connection.hangUp(false);
    outcome(await hooks.event(call.id, 'CallDisconnected'), 200, 7000, 'group');
    await alice.sees([alice.id, bob.id]);
    await bob.hangsUp();
    await alice.hangsUp();
  });
  await step(name('hangUp, of a 1:1 call, which ends it'), async () => {
    const call = await callTo(world, alice);
    await call.connection.hangUp(false);
    await hooks.event(call.id, 'CallDisconnected');
    assert.equal((await alice.ended()).code, 0);
  });
});

const transferring = (world) => scene('transferring', async () => {
  const { hooks, alice, bob, carol } = world;
  await step(name('transferCallToParticipant: CallTransferAccepted, then CallDisconnected'), async () => {
    const call = await callTo(world, alice);
    const customCallingContext = [{ kind: 'voip', key: 'order', value: '78' }];
    const sent = await call.connection.transferCallToParticipant(bob.identifier, { operationContext: 'transfer', customCallingContext });
    assert.equal(sent.operationContext, 'transfer');
    const ring = await bob.rings();
    assert.equal(ring.from, alice.id, 'the target sees the transferee');
    assert.deepEqual(ring.custom.voipHeaders, { order: '78' });
    await bob.accepts();
    const accepted = await hooks.event(call.id, 'CallTransferAccepted');
    outcome(accepted, 200, 0, 'transfer');
    assert.equal(accepted.transferTarget.rawId, bob.id);
    assert.equal(accepted.transferee.rawId, alice.id);
    outcome(await hooks.event(call.id, 'CallDisconnected'), 200, 0, 'call');
    hooks.assertTold(call.id, 'CallConnected', 'CallTransferAccepted', 'CallDisconnected');
    await alice.sees([alice.id, bob.id]);
    await bob.hangsUp();
    assert.equal((await alice.ended()).code, 0);
  });
  await step(name('transferCallToParticipant, who declines: CallTransferFailed'), async () => {
    const call = await callTo(world, alice);
    const { operationContext } = await call.connection.transferCallToParticipant(carol.identifier);
    await carol.declines();
    outcome(await hooks.event(call.id, 'CallTransferFailed'), 603, 8538, operationContext);
    assert.equal((await call.connection.getCallConnectionProperties()).callConnectionState, 'connected');
    await end(world, call);
    hooks.assertTold(call.id, 'CallConnected', 'CallTransferFailed', 'CallDisconnected');
  });
});

const transferringInAGroup = (world) => scene('transferring in a group', async () => {
  const { hooks, alice, bob, carol } = world;
  let call;
  await need('a call for transferring in a group', async () => { call = await groupCallTo(world, alice, bob); });
  await step(name('transferCallToParticipant, of one in a group'), async () => {
    const options = { transferee: bob.identifier, operationContext: 'group transfer', operationCallbackUrl: hooks.elsewhere };
    await call.connection.transferCallToParticipant(carol.identifier, options);
    await carol.accepts();
    const accepted = await hooks.event(call.id, 'CallTransferAccepted', () => true, '/elsewhere');
    outcome(accepted, 200, 0, 'group transfer');
    assert.deepEqual([accepted.transferTarget.rawId, accepted.transferee.rawId], [carol.id, bob.id]);
    await hooks.roster(call.id, (list) => list.length === 2 && !ids(list).includes(bob.id));
    await carol.sees([bob.id, carol.id]);
    assert.equal((await call.connection.getCallConnectionProperties()).callConnectionState, 'connected');
    await end(world, call);
    await carol.hangsUp();
  });
});

const moving = (world) => scene('moving', async () => {
  const { hooks, alice, bob, carol } = world;
  let [lobby, target] = [];
  await need('two calls for moving', async () => {
    lobby = await callTo(world, alice, 'lobby');
    target = await callTo(world, bob, 'target');
  });
  await step(name('moveParticipants'), async () => {
    const moved = await target.connection.moveParticipants([alice.identifier], lobby.id, { operationContext: 'move' });
    assert.deepEqual([moved.operationContext, moved.fromCall], ['move', lobby.id]);
    const event = await hooks.event(target.id, 'MoveParticipantSucceeded');
    outcome(event, 200, 0, 'move');
    assert.deepEqual(event.participant, alice.identifier);
    assert.equal(event.fromCall, lobby.id);
    await hooks.roster(target.id, (list) => list.length === 3 && ids(list).includes(alice.id));
    await hooks.event(lobby.id, 'CallDisconnected');
    await alice.sees([alice.id, bob.id, rawId(target.properties.source)]);
  });
  await step(name('moveParticipants, who are not there: MoveParticipantFailed'), async () => {
    const other = await callTo(world, carol, 'other');
    await target.connection.moveParticipants([{ communicationUserId: `${carol.id.slice(0, -4)}0000` }], other.id, { operationContext: 'move nobody' });
    const event = await hooks.event(target.id, 'MoveParticipantFailed');
    assert.equal(event.operationContext, 'move nobody');
    assert.equal(event.resultInformation.code, 404);
    assert.equal(event.fromCall, other.id);
    await end(world, other);
  });
  await step('moveParticipants: what the calls were told', async () => {
    await end(world, target);
    hooks.assertTold(lobby.id, 'CallConnected', 'CallDisconnected');
    hooks.assertTold(target.id, 'CallConnected', 'MoveParticipantSucceeded', 'MoveParticipantFailed', 'CallDisconnected');
  });
});
