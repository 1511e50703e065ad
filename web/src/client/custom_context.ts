// What a caller sends along: lists of headers here, maps on the wire.

import type { CustomContext, XHeader } from './values';

export interface CustomContextModel {
  sipHeaders?: Record<string, string>;
  voipHeaders?: Record<string, string>;
}

const userToUser = 'User-To-User';

/** Writes it for the wire. Headers for phones get the prefix that those must have. */
export function contextToModel(context: CustomContext): CustomContextModel {
  const sip = [...(context.sipHeaders ?? []), ...(context.xHeaders ?? [])].map(prefixed);
  if (context.userToUser !== undefined) sip.push({ key: userToUser, value: context.userToUser });
  return { ...named('sipHeaders', sip), ...named('voipHeaders', context.voipHeaders ?? []) };
}

function prefixed({ key, value }: XHeader): XHeader {
  const known = /^(x-|user-to-user$)/i.test(key);
  return { key: known ? key : `X-MS-Custom-${key}`, value };
}

function named<K extends string>(name: K, headers: XHeader[]): Partial<Record<K, Record<string, string>>> {
  if (headers.length === 0) return {};
  const map = Object.fromEntries(headers.map(({ key, value }) => [key, value]));
  return { [name]: map } as Record<K, Record<string, string>>;
}

/** Reads what came with an incoming call. */
export function contextFromModel(model: CustomContextModel): CustomContext {
  const sip = listed(model.sipHeaders);
  const isUserToUser = ({ key }: XHeader): boolean => /^user-?to-?user$/i.test(key);
  const context: CustomContext = {
    sipHeaders: sip.filter((header) => !isUserToUser(header)),
    voipHeaders: listed(model.voipHeaders),
  };
  const said = sip.find(isUserToUser);
  if (said) context.userToUser = said.value;
  return context;
}

function listed(map: Record<string, string> = {}): XHeader[] {
  return Object.entries(map).map(([key, value]) => ({ key, value }));
}
