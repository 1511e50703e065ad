import { describe, expect, test, vi } from 'vitest';
import { DiagnosticQuality } from '../src/client/calling';
import type { LatestNetworkDiagnostics, MediaStatsReportSample } from '../src/client/calling';
import { initials } from '../src/softphone/avatar';
import { duration } from '../src/softphone/clock';
import { qualityOf } from '../src/softphone/quality';
import { inWords } from '../src/softphone/reasons';
import { inviteLink, lacksPasscode, readGathering, readPerson, shorten } from '../src/softphone/target';
import { warningOf } from '../src/softphone/warnings';

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
  const { Good, Poor, Bad } = DiagnosticQuality;
  const found = (receive: DiagnosticQuality, send: DiagnosticQuality): LatestNetworkDiagnostics => ({
    networkReceiveQuality: { value: receive, valueType: 'DiagnosticQuality' },
    networkSendQuality: { value: send, valueType: 'DiagnosticQuality' },
  });
  const sample: MediaStatsReportSample = {
    audio: { send: [], receive: [{ id: '1', packetsPerSecond: 48, packetsLostPerSecond: 2, jitterInMs: 3 }] },
    video: { send: [], receive: [] },
    screenShare: { send: [], receive: [] },
    transports: [{ id: 't', rttInMs: 20 }],
  };

  test.each<[string, LatestNetworkDiagnostics, string[]]>([
    ['all is well', found(Good, Good), ['good', 'good', 'good']],
    ['others hear us badly', found(Poor, Bad), ['poor', 'bad', 'bad']],
    ['we hear others badly', found(Bad, Good), ['bad', 'good', 'bad']],
    ['nothing is known', {}, ['unknown', 'unknown', 'unknown']],
  ])('where %s', (_, latest, grades) => {
    const { receive, send, grade } = qualityOf(sample, latest);
    expect([receive, send, grade]).toEqual(grades);
  });

  test('has the figures of what is heard', () => {
    expect(qualityOf(sample, {})).toMatchObject({ loss: 4, jitter: 3, rtt: 20 });
  });
});

test('of all that is wrong, what matters most is said', () => {
  const flag = (value: boolean) => ({ value, valueType: 'DiagnosticFlag' }) as const;
  expect(warningOf({ noNetwork: flag(false), speakingWhileMicrophoneIsMuted: flag(true) })?.text).toBe('You are muted.');
  expect(warningOf({ noNetwork: flag(true), speakingWhileMicrophoneIsMuted: flag(true) })?.diagnostic).toBe('noNetwork');
  expect(warningOf({ noNetwork: flag(false) })).toBeUndefined();
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
