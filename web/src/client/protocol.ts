// What travels on the signalling socket; docs/signalling.md is the reference.

import type { IdentifierModel } from './identifier';
import type { CallEndReason, CustomContext } from './values';

export const subprotocol = 'botd.signal.v1';

export type Request =
  | {
      type: 'start';
      call: string;
      targets: IdentifierModel[];
      sdp: string;
      muted?: boolean;
      customContext?: CustomContext;
      alternateCallerId?: IdentifierModel;
    }
  | { type: 'join'; call: string; groupId: string; sdp: string; muted?: boolean }
  | { type: 'accept'; call: string; sdp: string; muted?: boolean }
  | { type: 'reject'; call: string }
  | { type: 'mute' | 'unmute'; call: string }
  | { type: 'muteOthers'; call: string; participants?: IdentifierModel[] }
  | { type: 'add'; call: string; target: IdentifierModel; alternateCallerId?: IdentifierModel }
  | { type: 'remove'; call: string; target: IdentifierModel }
  | { type: 'hangup'; call: string; forEveryone?: boolean };

export type Notice =
  | { type: 'candidate'; call: string; candidate: RTCIceCandidateInit | null }
  | { type: 'token'; token: string };

export interface Member {
  participantId: string;
  identifier: IdentifierModel;
  displayName?: string;
  state: string;
  isMuted?: boolean;
  isSpeaking?: boolean;
  isOnHold?: boolean;
  /** Why a Disconnected one left. */
  reason?: CallEndReason;
}

export interface Welcome {
  type: 'welcome';
  user: IdentifierModel;
  iceServers?: RTCIceServer[];
  resume?: string;
}
export interface Incoming {
  type: 'incoming';
  call: string;
  from: IdentifierModel;
  to?: IdentifierModel;
  displayName?: string;
  customContext?: CustomContext;
}
export interface Refusal extends CallEndReason {
  type: 'error' | 'unregistered';
  ref?: number;
}
export type CallMessage =
  | { type: 'state'; call: string; state: string; reason?: CallEndReason }
  | { type: 'answer'; call: string; sdp: string }
  | { type: 'candidate'; call: string; candidate: RTCIceCandidateInit | null }
  | { type: 'roster'; call: string; serverCallId: string; participants: Member[] }
  | { type: 'muted'; call: string }
  | { type: 'incomingEnded'; call: string; reason?: CallEndReason };
export type ServerMessage = Welcome | Incoming | Refusal | CallMessage | { type: 'ok'; ref?: number } | { type: 'pong' };

// The fields without which a message of that type says nothing.
const required: Record<string, Record<string, 'string' | 'number' | 'object'>> = {
  welcome: { user: 'object' },
  ok: {},
  error: { code: 'number' },
  unregistered: { code: 'number' },
  pong: {},
  incoming: { call: 'string', from: 'object' },
  incomingEnded: { call: 'string' },
  state: { call: 'string', state: 'string' },
  answer: { call: 'string', sdp: 'string' },
  candidate: { call: 'string' },
  roster: { call: 'string', participants: 'object' },
  muted: { call: 'string' },
};

/** Reads one message. It is undefined for what is not JSON, unknown or incomplete: a newer server may say more than we know. */
export function parse(text: unknown): ServerMessage | undefined {
  if (typeof text !== 'string') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const message = value as Record<string, unknown>;
  const fields = typeof message['type'] === 'string' ? required[message['type']] : undefined;
  if (!fields) return undefined;
  for (const [name, type] of Object.entries(fields)) {
    if (typeof message[name] !== type || message[name] === null) return undefined;
  }
  return message as unknown as ServerMessage;
}
