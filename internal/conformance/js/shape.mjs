// The shape of events, as they come over the wire.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const kinds = JSON.parse(readFileSync(new URL('../events.json', import.meta.url)));
const never = JSON.parse(readFileSync(new URL('../never.json', import.meta.url)));
const prefix = 'Microsoft.Communication.';

const text = (value, name) => assert.ok(typeof value === 'string' && value !== '', `${name} is a text, not ${value}`);
const number = (value, name) => assert.ok(Number.isInteger(value), `${name} is a number, not ${value}`);

const types = {
  text,
  number,
  result(value, name) {
    number(value?.code, `${name}.code`);
    number(value.subCode, `${name}.subCode`);
    text(value.message, `${name}.message`);
  },
  identifier(value, name) {
    text(value?.kind, `${name}.kind`);
    text(value.rawId, `${name}.rawId`);
    if (value.kind !== 'unknown') assert.equal(typeof value[value.kind], 'object', `${name}.${value.kind} is there`);
  },
  streaming(value, name) {
    for (const field of ['contentType', 'mediaStreamingStatus', 'mediaStreamingStatusDetails']) text(value?.[field], `${name}.${field}`);
  },
  transcription(value, name) {
    for (const field of ['transcriptionStatus', 'transcriptionStatusDetails']) text(value?.[field], `${name}.${field}`);
  },
  participants(value, name) {
    assert.ok(Array.isArray(value), `${name} is a list`);
    for (const one of value) {
      types.identifier(one.identifier, `${name}.identifier`);
      assert.equal(typeof one.isMuted, 'boolean', `${name}.isMuted`);
      assert.equal(typeof one.isOnHold, 'boolean', `${name}.isOnHold`);
    }
  },
};

/** The kinds of events that come, but for those that never do here. */
export const expected = Object.keys(kinds).filter((kind) => !(kind in never));

/** Checks one POST: one event in an array, its envelope and its data. */
export function check(headers, body) {
  assert.match(headers['content-type'], /^application\/json/);
  const events = JSON.parse(body, present);
  assert.equal(events.length, 1, 'one event in an array');
  const [event] = events;
  assert.ok(event.type.startsWith(prefix), event.type);
  envelope(event);
  data(event.type.slice(prefix.length), event.data);
  return event;
}

/** Nothing is null: what is absent is left out. */
function present(key, value) {
  assert.notEqual(value, null, `${key} is null`);
  return value;
}

function envelope(event) {
  text(event.id, 'id');
  assert.equal(event.source, `calling/callConnections/${event.data.callConnectionId}`);
  assert.equal(event.subject, event.source);
  assert.match(event.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)$/);
  assert.equal(event.specversion, '1.0');
  assert.equal(event.datacontenttype, 'application/json');
}

function data(kind, given) {
  const wanted = { callConnectionId: 'text', serverCallId: 'text', correlationId: 'text', ...kinds[kind] };
  assert.ok(kinds[kind], `${kind} is not expected here`);
  for (const [field, type] of Object.entries(wanted)) {
    const name = field.replace('?', '');
    if (name !== field && !(name in given)) continue;
    types[type](given[name], `${kind}.${name}`);
  }
}
