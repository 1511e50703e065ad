import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { getIdentifierRawId } from '../src/client/calling';
import { Features } from '../src/client/features';
import { bob, joined, roster } from './fake_call';
import { FakeConnection, FakeStream } from './fake_media';

const says = (text: string, isFinal: boolean, language = 'en-US') => ({
  type: 'caption',
  participantId: bob.participantId,
  identifier: bob.identifier,
  displayName: 'Bob',
  text,
  language,
  isFinal,
  timestamp: '2030-05-01T10:00:00.000Z',
});

beforeEach(() => {
  vi.stubGlobal('RTCPeerConnection', FakeConnection);
  vi.stubGlobal('MediaStream', FakeStream);
});
afterEach(() => vi.unstubAllGlobals());

describe('captions', () => {
  test('come between start and stop, and say who speaks', async () => {
    const { call, say } = await joined();
    await say(roster({ ...bob, state: 'Connected' }));
    const { captions } = call.feature(Features.Captions);
    const told: string[] = [];
    captions.on('CaptionsActiveChanged', () => told.push(`active ${captions.isCaptionsFeatureActive}`));
    captions.on('CaptionsReceived', (info) => {
      const who = info.speaker.identifier && getIdentifierRawId(info.speaker.identifier);
      told.push(`${info.resultType} ${who} ${info.speaker.displayName}: ${info.spokenText} ${info.timestamp.toISOString()}`);
    });
    await say(says('too early', true));
    await captions.startCaptions({ spokenLanguage: 'en-us' });
    await say(says('Hel', false));
    await say(says('Hello.', true));
    await captions.stopCaptions();
    await say(says('too late', true));
    const who = `${bob.identifier.rawId} Bob`;
    expect(told).toEqual([
      'active true',
      `Partial ${who}: Hel 2030-05-01T10:00:00.000Z`,
      `Final ${who}: Hello. 2030-05-01T10:00:00.000Z`,
      'active false',
    ]);
  });

  test('are in the language of the application', async () => {
    const { call, say } = await joined();
    const { captions } = call.feature(Features.Captions);
    let changes = 0;
    captions.on('SpokenLanguageChanged', () => changes++);
    expect([captions.kind, captions.activeSpokenLanguage, captions.supportedSpokenLanguages]).toEqual(['Captions', '', []]);
    await say(says('Hej', true, 'sv-SE'));
    await say(says('Hej', true, 'sv-SE'));
    expect([captions.activeSpokenLanguage, changes]).toEqual(['sv-SE', 1]);
    await expect(captions.setSpokenLanguage('en-US')).rejects.toMatchObject({ subCode: 8523 });
    await captions.setSpokenLanguage('sv-se');
  });
});
