import { describe, expect, test } from 'vitest';
import { callMayMove, isCallState, participantState } from '../src/client/states';
import type { CallState } from '../src/client/values';

describe('the states of a call', () => {
  test.each<[string, CallState, CallState, boolean]>([
    ['a new call connects', 'None', 'Connecting', true],
    ['the other side rings', 'Connecting', 'Ringing', true],
    ['an announcement comes before the answer', 'Ringing', 'EarlyMedia', true],
    ['an answer connects what rings', 'Ringing', 'Connected', true],
    ['a group is joined without ringing', 'Connecting', 'Connected', true],
    ['admission from the lobby connects', 'InLobby', 'Connected', true],
    ['the other side holds', 'Connected', 'RemoteHold', true],
    ['and comes back', 'RemoteHold', 'Connected', true],
    ['somebody is sent back to the lobby', 'Connected', 'InLobby', true],
    ['nobody holds a call from the lobby', 'InLobby', 'LocalHold', false],
    ['leaving is possible while connecting', 'Connecting', 'Disconnecting', true],
    ['leaving is possible while ringing', 'Ringing', 'Disconnecting', true],
    ['leaving ends', 'Disconnecting', 'Disconnected', true],
    ['the end may come at once', 'Connected', 'Disconnected', true],
    ['a call that has not begun does not connect', 'None', 'Connected', false],
    ['what is connected does not ring again', 'Connected', 'Ringing', false],
    ['who leaves does not connect any more', 'Disconnecting', 'Connected', false],
    ['the end is the end', 'Disconnected', 'Connecting', false],
    ['and does not come twice', 'Disconnected', 'Disconnected', false],
  ])('%s', (_, from, to, may) => {
    expect(callMayMove(from, to)).toBe(may);
  });

  test('a state from the future is none', () => {
    expect(isCallState('Connected')).toBe(true);
    expect(isCallState('Levitating')).toBe(false);
  });
});

describe('the states of a participant', () => {
  test('hold is a flag on the wire and a state here', () => {
    expect(participantState('Connected', true)).toBe('Hold');
    expect(participantState('Ringing', true)).toBe('Ringing');
  });
  test('one that is not known counts as on its way', () => {
    expect(participantState('Teleporting', false)).toBe('Connecting');
  });
});
