import { describe, expect, test, vi } from 'vitest';
import type { MediaStatsReportSample } from '../src/client/calling';
import { initials } from '../src/softphone/avatar';
import { duration } from '../src/softphone/clock';
import { qualityOf } from '../src/softphone/quality';
import { inWords } from '../src/softphone/reasons';
import { inviteLink, lacksPasscode, readGathering, readPerson, shorten } from '../src/softphone/target';

describe('why a call ended, in words', () => {
  test.each([
    [{ code: 0, subCode: 0 }, 'Call ended'],
    [{ code: 0, subCode: 7000 }, 'The call was ended by the bot'],
    [{ code: 487, subCode: 10003 }, 'Answered elsewhere'],
    [{ code: 487, subCode: 12345 }, 'Cancelled'],
    [{ code: 603, subCode: 8538 }, 'Declined'],
    [{ code: 480, subCode: 8541 }, 'Not available'],
    [{ code: 799 }, 'Call ended'],
    [undefined, 'Call ended'],
  ])('%j', (reason, title) => {
    expect(inWords(reason).title).toBe(title);
  });

  test('a code without words gives the sentence of the server', () => {
    expect(inWords({ code: 799, message: 'Sunspots.' }).detail).toBe('Sunspots.');
  });
});

describe('whom somebody wants to call', () => {
  test.each([
    [' 8:acs:r_u ', { communicationUserId: '8:acs:r_u' }],
    ['+1 (425) 555-0100', { phoneNumber: '+14255550100' }],
    ['echo', { id: 'echo' }],
    ['8:echo123', { id: '8:echo123' }],
  ])('%s is understood', (text, identifier) => {
    expect(readPerson(text)).toMatchObject({ identifier });
  });

  test.each(['', '   ', 'two words'])('“%s” is nobody', (text) => {
    expect(readPerson(text)).toBeUndefined();
  });

  test.each([
    ['team-standup', true],
    ['a'.repeat(64), true],
    ['a'.repeat(65), false],
    ['with space', false],
    ['', false],
    ['ümlaut', false],
    ['ftp://calls.example/x', false],
  ])('%s can be joined: %s', (text, is) => {
    expect(readGathering(text) !== undefined).toBe(is);
  });

  test.each([
    ['team-standup', '', { groupId: 'team-standup' }],
    ['12345', '', { groupId: '12345' }],
    [' 12345678901234567 ', '', { roomId: '12345678901234567' }],
    ['https://calls.example/meet/x', '', { meetingLink: 'https://calls.example/meet/x' }],
    ['http://localhost/?group=12345678901234567', '', { roomId: '12345678901234567' }],
    ['http://localhost/?group=team', '', { groupId: 'team' }],
    ['http://elsewhere/?group=team', '', { meetingLink: 'http://elsewhere/?group=team' }],
    ['123 456 789 012', '', { meetingId: '123456789012' }],
    ['123456789012', ' aB3dE6 ', { meetingId: '123456789012', passcode: 'aB3dE6' }],
    ['123 456 789 012 aB3dE6', '', { meetingId: '123456789012', passcode: 'aB3dE6' }],
    ['123456789012, aB3dE6', 'other', { meetingId: '123456789012', passcode: 'aB3dE6' }],
  ])('%s with “%s” names %j', (text, passcode, locator) => {
    vi.stubGlobal('location', { origin: 'http://localhost' });
    expect(readGathering(text, passcode)).toMatchObject({ kind: 'group', locator });
    vi.unstubAllGlobals();
  });

  test('a passcode is asked for where it is missing, and shown to nobody', () => {
    expect(lacksPasscode('123 456 789 012')).toBe(true);
    expect(lacksPasscode('123 456 789 012 aB3dE6')).toBe(false);
    expect(lacksPasscode('team')).toBe(false);
    const meeting = readGathering('123456789012 aB3dE6');
    expect(meeting?.title).toBe('Meeting 123 456 789 012');
    expect(meeting && inviteLink(meeting)).toBeUndefined();
  });

  test('a long id keeps its ends', () => {
    expect(shorten('8:acs:5c1f0a52-6a0f-4d4f_0b6d2f5e')).toBe('8:acs:5c1f0a…0b6d2f5e');
    expect(shorten('echo')).toBe('echo');
  });
});

describe('quality', () => {
  const sample = (lost: number, jitter: number, rtt: number): MediaStatsReportSample => ({
    audio: {
      send: [],
      receive: [{ id: '1', packetsPerSecond: 50 - lost, packetsLostPerSecond: lost, jitterInMs: jitter }],
    },
    transports: [{ id: 't', rttInMs: rtt }],
  });
  test.each<[string, MediaStatsReportSample, string]>([
    ['nothing lost', sample(0, 2, 20), 'good'],
    ['4 % lost', sample(2, 2, 20), 'fair'],
    ['20 % lost', sample(10, 2, 20), 'poor'],
    ['much jitter', sample(0, 120, 20), 'poor'],
    ['a far server', sample(0, 2, 500), 'fair'],
    ['nothing measured', { audio: { send: [], receive: [] }, transports: [] }, 'unknown'],
  ])('%s', (_, given, grade) => {
    expect(qualityOf(given).grade).toBe(grade);
  });
});

test.each([
  [0, '0:00'],
  [7_900, '0:07'],
  [754_000, '12:34'],
  [3_723_000, '1:02:03'],
])('%d ms is %s', (milliseconds, words) => {
  expect(duration(milliseconds)).toBe(words);
});

test.each([
  ['Ada Lovelace', 'AL'],
  ['echo', 'E'],
  ['Karen Spärck Jones', 'KJ'],
  ['李 小龙', '李小'],
  ['', '?'],
])('the initials of “%s” are %s', (name, letters) => {
  expect(initials(name)).toBe(letters);
});
