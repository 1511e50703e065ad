// What is expected of answers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const later = JSON.parse(readFileSync(new URL('../later.json', import.meta.url)));

/** The call is refused with a status and the code of the error envelope, and a
 * message. */
export async function refused(call, status, code) {
  const error = await failed(call);
  assert.equal(error.name, 'RestError', String(error.stack));
  assert.deepEqual({ status: error.statusCode, code: error.code }, { status, code }, error.message);
  assert.ok(error.message, 'a message');
}

/** What a call throws. */
export async function failed(call) {
  try {
    await call();
  } catch (error) {
    return error;
  }
  assert.fail('it succeeded');
}

/** Calls an operation that may be one of those that are yet to come. */
export async function perhapsLater(operation, call, check = () => {}) {
  const answer = later[operation];
  if (answer) return refused(call, answer.status, answer.code);
  return check(await call());
}

/** A date within some seconds of another. */
export function near(date, other, seconds = 60) {
  assert.ok(date instanceof Date, `${date} is a Date`);
  assert.ok(Math.abs(date - other) <= seconds * 1000, `${date.toISOString()} is near ${other.toISOString()}`);
}

export const text = (value) => assert.ok(typeof value === 'string' && value !== '', `${value} is a text`);

/** The raw ids of participants, sorted. */
export const ids = (participants) => participants.map((p) => rawId(p.identifier)).sort();

export const rawId = (identifier) => identifier.rawId ?? identifier.communicationUserId ?? `4:${identifier.phoneNumber}`;
