import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Peer } from '../src/client/peer';
import { FakeConnection } from './fake_media';

function peer() {
  const subject = new Peer([]);
  const found: unknown[] = [];
  subject.on('candidate', (candidate) => found.push(candidate?.candidate ?? null));
  return { subject, found, connection: FakeConnection.last };
}

beforeEach(() => void vi.stubGlobal('RTCPeerConnection', FakeConnection));
afterEach(() => void vi.unstubAllGlobals());

test('candidates of the first offer are told as they are found', async () => {
  const { subject, found, connection } = peer();
  await subject.offer();
  connection.find('a');
  expect(found).toEqual(['a']);
});

test('candidates of a restart wait until the server has answered it', async () => {
  const { subject, found, connection } = peer();
  await subject.offer();
  await subject.answer('answer 1');
  expect(await subject.restart()).toBe('offer 2');
  connection.find('b');
  expect(found).toEqual([]);
  await subject.answer('answer 2');
  connection.find('c');
  expect(found).toEqual(['b', 'c']);
});

test('an answer that is repeated is taken once, even while another is awaited', async () => {
  const { subject, connection } = peer();
  await subject.offer();
  await subject.answer('answer 1');
  await subject.answer('answer 1');
  await subject.restart();
  await subject.answer('answer 1');
  await subject.answer('answer 2');
  expect(connection.applied).toEqual(['answer 1', 'answer 2']);
});

test('several restarts in a row are answered one after the other', async () => {
  const { subject, connection } = peer();
  await subject.offer();
  await subject.answer('answer 1');
  for (const sdp of ['answer 2', 'answer 3', 'answer 4']) {
    await subject.restart();
    await subject.answer(sdp);
  }
  expect(connection.generation).toBe(4);
  expect(connection.applied).toHaveLength(4);
});
