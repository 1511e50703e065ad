// What somebody typed to say whom they want to call.

import { createIdentifierFromRawId, getIdentifierRawId } from '../client/calling';
import type { CallLocator, CommunicationIdentifier } from '../client/calling';
import { botName } from './bots';

export type Target =
  | { kind: 'person'; identifier: CommunicationIdentifier; title: string }
  | { kind: 'group'; locator: CallLocator; title: string };

/** What tells this target from others. */
export function targetId(target: Target): string {
  return target.kind === 'group' ? target.title : getIdentifierRawId(target.identifier);
}

/** Reads a user id, a phone number with its plus sign, or a bot's name; undefined if it is none of them. */
export function readPerson(text: string): Target | undefined {
  const typed = text.trim();
  if (/^\+[\d\s().-]{3,}$/.test(typed)) {
    const phoneNumber = `+${typed.replace(/\D/g, '')}`;
    return { kind: 'person', identifier: { phoneNumber }, title: phoneNumber };
  }
  if (typed === '' || /\s/.test(typed)) return undefined;
  return { kind: 'person', identifier: createIdentifierFromRawId(typed), title: botName(typed) ?? shorten(typed) };
}

// How rooms and meetings are named: 17 digits, and 12 with a passcode that may follow.
const room = /^\d{17}$/;
const meeting = /^((?:\d\s*){12})(?:[\s,;/]+(\S+))?$/;

/**
 * Reads the name of a group, the id of a room, the link of a meeting, or the id of one, whose
 * passcode may follow it or be typed apart.
 */
export function readGathering(text: string, passcode = ''): Target | undefined {
  const typed = text.trim();
  const group = (locator: CallLocator, title: string): Target => ({ kind: 'group', locator, title });
  if (/^https?:\/\/\S+$/.test(typed)) return readLink(typed) ?? group({ meetingLink: typed }, 'Meeting');
  if (room.test(typed)) return group({ roomId: typed }, `Room ${typed}`);
  const [, digits, code] = meeting.exec(typed) ?? [];
  if (digits) {
    const meetingId = digits.replace(/\s/g, '');
    const secret = code ?? passcode.trim();
    const title = `Meeting ${meetingId.replace(/(\d{3})(?=\d)/g, '$1 ')}`;
    return group(secret ? { meetingId, passcode: secret } : { meetingId }, title);
  }
  return /^[A-Za-z0-9_-]{1,64}$/.test(typed) ? group({ groupId: typed }, typed) : undefined;
}

/** An invitation that this page made leads to a group or a room. */
function readLink(link: string): Target | undefined {
  const { origin, pathname, searchParams } = new URL(link);
  const named = searchParams.get('group');
  return origin === location.origin && pathname === '/' && named ? readGathering(named) : undefined;
}

/** Whether it is the id of a meeting without the passcode that goes with it. */
export function lacksPasscode(text: string): boolean {
  const found = meeting.exec(text.trim());
  return found !== null && found[2] === undefined;
}

/** The link that invites others here; none for a meeting, whose passcode stays secret. */
export function inviteLink(target: Target): string | undefined {
  if (target.kind !== 'group') return undefined;
  const { locator } = target;
  const name = 'groupId' in locator ? locator.groupId : 'roomId' in locator ? locator.roomId : undefined;
  return name && `${location.origin}/?group=${encodeURIComponent(name)}`;
}

/** A long id, short enough to be read: its beginning and its end. */
export function shorten(id: string): string {
  return id.length <= 26 ? id : `${id.slice(0, 12)}…${id.slice(-8)}`;
}
