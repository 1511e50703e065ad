// What the scenes have in common: calls, and how their results look.
import assert from 'node:assert/strict';
import { rawId, text } from './expect.mjs';

/** Checks the resultInformation of an event, and its operationContext. */
export function outcome(event, code, subCode, context) {
  const { resultInformation: r } = event;
  assert.deepEqual({ code: r.code, subCode: r.subCode }, { code, subCode }, r.message);
  assert.equal(event.operationContext, context);
}

/** Checks what every answer about a connection has. */
export function properties(p, { state, hooks, targets }) {
  for (const field of ['callConnectionId', 'serverCallId', 'correlationId']) text(p[field]);
  assert.equal(p.callConnectionState, state);
  assert.equal(p.callbackUri, hooks.callback);
  if (targets) assert.deepEqual(p.targetParticipants.map(rawId), targets.map((t) => t.id));
  assert.match(rawId(p.source), /^(8:acs:|4:)/);
}

/** A call to somebody who accepts it: {connection, id, properties, application}. */
export async function callTo(world, person, context = 'call') {
  const { client, hooks } = world;
  const target = { targetParticipant: person.identifier };
  const placed = await client.createCall(target, hooks.callback, { operationContext: context });
  await person.accepts();
  return connected(world, placed, context);
}

/** A call of two people: a group call. */
export async function groupCallTo(world, ...people) {
  const { client, hooks } = world;
  const placed = await client.createGroupCall(people.map((p) => p.identifier), hooks.callback, { operationContext: 'group' });
  for (const person of people) await person.accepts();
  const call = await connected(world, placed, 'group');
  await hooks.roster(call.id, (list) => list.length === people.length + 1);
  return call;
}

/** The call of an answer, once it is connected. */
export async function connected({ hooks }, { callConnection: connection, callConnectionProperties: p }, context) {
  const id = p.callConnectionId;
  const event = await hooks.event(id, 'CallConnected');
  outcome(event, 200, 0, context);
  assert.equal(event.serverCallId, p.serverCallId);
  assert.equal(event.correlationId, p.correlationId);
  return { connection, id, properties: p };
}

/** Ends a call for everybody, and waits for its last event. */
export async function end({ hooks }, { connection, id }) {
  await connection.hangUp(true);
  return hooks.event(id, 'CallDisconnected');
}
