// What somebody typed to say whom they want to call.

import { createIdentifierFromRawId, getIdentifierRawId } from '../client/calling';
import type { CommunicationIdentifier } from '../client/calling';
import { botName } from './bots';

export type Target =
  | { kind: 'person'; identifier: CommunicationIdentifier; title: string }
  | { kind: 'group'; groupId: string; title: string };

/** What tells this target from others. */
export function targetId(target: Target): string {
  return target.kind === 'group' ? target.groupId : getIdentifierRawId(target.identifier);
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

/** Reads a group's name: 1 to 64 letters, digits, hyphens and underscores. */
export function readGroup(text: string): Target | undefined {
  const groupId = text.trim();
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(groupId)) return undefined;
  return { kind: 'group', groupId, title: groupId };
}

/** A long id, short enough to be read: its beginning and its end. */
export function shorten(id: string): string {
  return id.length <= 26 ? id : `${id.slice(0, 12)}…${id.slice(-8)}`;
}
