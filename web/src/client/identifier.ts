// Identifiers as the browser API spells them and as they travel.

import type { Cloud, CommunicationIdentifier, CommunicationIdentifierKind } from './values';

/**
 * How an identifier travels: the contract's JSON model.
 * @internal
 */
export interface IdentifierModel {
  kind?: string;
  rawId: string;
}

const userClouds: Record<string, Cloud> = { orgid: 'public', dod: 'dod', gcch: 'gcch' };
const extensionClouds: Record<string, Cloud> = { acs: 'public', 'dod-acs': 'dod', 'gcch-acs': 'gcch' };
const cloudNames: Record<Cloud, string> = { public: 'orgid', dod: 'dod', gcch: 'gcch' };
const extensionNames: Record<Cloud, string> = { public: 'acs', dod: 'dod-acs', gcch: 'gcch-acs' };

/** The one string that stands for this identifier everywhere. */
export function getIdentifierRawId(identifier: CommunicationIdentifier): string {
  if ('communicationUserId' in identifier) return identifier.communicationUserId;
  if ('id' in identifier) return identifier.id;
  if (identifier.rawId) return identifier.rawId;
  if ('phoneNumber' in identifier) return `4:${identifier.phoneNumber}`;
  const cloud = identifier.cloud ?? 'public';
  if ('teamsAppId' in identifier) return `28:${cloudNames[cloud]}:${identifier.teamsAppId}`;
  if ('microsoftTeamsUserId' in identifier) {
    const name = identifier.isAnonymous ? 'teamsvisitor' : cloudNames[cloud];
    return `8:${name}:${identifier.microsoftTeamsUserId}`;
  }
  return `8:${extensionNames[cloud]}:${identifier.resourceId}_${identifier.tenantId}_${identifier.userId}`;
}

/** What a raw id stands for. One that fits nothing else is an unknown identifier. */
export function createIdentifierFromRawId(rawId: string): CommunicationIdentifierKind {
  if (rawId.startsWith('4:')) return phoneNumber(rawId);
  const [type, name, ...rest] = rawId.split(':');
  const suffix = rest.join(':');
  if (name === undefined || suffix === '') return { kind: 'unknown', id: rawId };
  if (type === '28' && name in userClouds) {
    return { kind: 'microsoftTeamsApp', teamsAppId: suffix, rawId, cloud: userClouds[name] };
  }
  return (type === '8' && user(rawId, name, suffix)) || { kind: 'unknown', id: rawId };
}

function user(rawId: string, name: string, suffix: string): CommunicationIdentifierKind | undefined {
  if (name === 'teamsvisitor') {
    return { kind: 'microsoftTeamsUser', microsoftTeamsUserId: suffix, rawId, isAnonymous: true };
  }
  if (name in userClouds) {
    const cloud = userClouds[name];
    return { kind: 'microsoftTeamsUser', microsoftTeamsUserId: suffix, rawId, isAnonymous: false, cloud };
  }
  if (name !== 'spool' && !(name in extensionClouds)) return undefined;
  const [resourceId, tenantId, userId, more] = suffix.split('_');
  if (name !== 'spool' && resourceId && tenantId && userId && more === undefined) {
    return { kind: 'teamsExtensionUser', resourceId, tenantId, userId, rawId, cloud: extensionClouds[name] };
  }
  return { kind: 'communicationUser', communicationUserId: rawId };
}

function phoneNumber(rawId: string): CommunicationIdentifierKind {
  const number = rawId.slice(2);
  if (number === 'anonymous') return { kind: 'phoneNumber', phoneNumber: number, rawId, isAnonymous: true };
  const cut = number.lastIndexOf('_');
  if (cut < 0) return { kind: 'phoneNumber', phoneNumber: number, rawId };
  return { kind: 'phoneNumber', phoneNumber: number, rawId, assertedId: number.slice(cut + 1) };
}

/** @internal */
export function toModel(identifier: CommunicationIdentifier): IdentifierModel {
  return { rawId: getIdentifierRawId(identifier) };
}

/**
 * `rawId` alone decides: it is always there and says everything.
 * @internal
 */
export function fromModel(model: IdentifierModel): CommunicationIdentifierKind {
  return createIdentifierFromRawId(model.rawId);
}
