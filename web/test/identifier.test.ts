import { describe, expect, test } from 'vitest';
import { createIdentifierFromRawId, getIdentifierRawId } from '../src/client/identifier';

describe('a raw id', () => {
  test.each([
    ['8:acs:res_user', { kind: 'communicationUser', communicationUserId: '8:acs:res_user' }],
    ['8:acs:res_tenant_user', { kind: 'teamsExtensionUser', resourceId: 'res', tenantId: 'tenant', userId: 'user' }],
    ['8:spool:x', { kind: 'communicationUser', communicationUserId: '8:spool:x' }],
    ['8:orgid:u', { kind: 'microsoftTeamsUser', microsoftTeamsUserId: 'u', cloud: 'public', isAnonymous: false }],
    ['8:teamsvisitor:u', { kind: 'microsoftTeamsUser', microsoftTeamsUserId: 'u', isAnonymous: true }],
    ['28:gcch:app', { kind: 'microsoftTeamsApp', teamsAppId: 'app', cloud: 'gcch' }],
    ['4:+14255550123', { kind: 'phoneNumber', phoneNumber: '+14255550123' }],
    ['4:anonymous', { kind: 'phoneNumber', isAnonymous: true }],
    ['4:+1425_abc', { kind: 'phoneNumber', phoneNumber: '+1425_abc', assertedId: 'abc' }],
    ['8:echo123', { kind: 'unknown', id: '8:echo123' }],
    ['echo', { kind: 'unknown', id: 'echo' }],
    ['', { kind: 'unknown', id: '' }],
  ])('%s is understood, and is the same on the way back', (rawId, expected) => {
    const identifier = createIdentifierFromRawId(rawId);
    expect(identifier).toMatchObject(expected);
    expect(getIdentifierRawId(identifier)).toBe(rawId);
  });

  test.each([
    [{ phoneNumber: '+1425' }, '4:+1425'],
    [{ microsoftTeamsUserId: 'u' }, '8:orgid:u'],
    [{ microsoftTeamsUserId: 'u', isAnonymous: true }, '8:teamsvisitor:u'],
    [{ teamsAppId: 'a', cloud: 'dod' as const }, '28:dod:a'],
    [{ userId: 'u', tenantId: 't', resourceId: 'r' }, '8:acs:r_t_u'],
    [{ id: 'menu' }, 'menu'],
  ])('is made of %j', (identifier, rawId) => {
    expect(getIdentifierRawId(identifier)).toBe(rawId);
  });
});
