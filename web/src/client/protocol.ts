// What travels on the signalling socket; docs/signalling.md is the reference.

import type { CustomContextModel } from './custom_context';
import type { IdentifierModel } from './identifier';
import type { CallEndReason, CallLocator } from './values';

export const subprotocol = 'botd.signal.v1';

export type Request =
  | {
      type: 'start';
      call: string;
      targets: IdentifierModel[];
      sdp: string;
      muted?: boolean;
      customContext?: CustomContextModel;
      alternateCallerId?: IdentifierModel;
    }
  | ({ type: 'join'; call: string; sdp: string; muted?: boolean } & CallLocator)
  | { type: 'accept'; call: string; sdp: string; muted?: boolean }
  | { type: 'reject' | 'admit' | 'return'; call: string; participants?: IdentifierModel[] }
  | { type: 'offer'; call: string; sdp: string }
  | { type: 'mute' | 'unmute' | 'hold' | 'resume'; call: string }
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
  role?: string;
  isMuted?: boolean;
  isSpeaking?: boolean;
  isOnHold?: boolean;
  /** Why a Disconnected one left. */
  reason?: CallEndReason;
}

/** Somebody who speaks, or did before. */
export interface Voice {
  participantId: string;
  identifier: IdentifierModel;
  isSpeaking: boolean;
}
/** How well sound travels one way, as the server measures it; what it does not know is missing. */
export interface Travel {
  grade: string;
  /** Since the beginning. */
  packetsLost?: number;
  /** Of the last five seconds, in milliseconds. */
  jitterMs?: number;
  roundTripMs?: number;
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
  customContext?: CustomContextModel;
}
export interface Refusal extends CallEndReason {
  type: 'error' | 'unregistered';
  ref?: number;
}
/** What somebody says; timestamp is when they began to. */
export interface Caption {
  type: 'caption';
  call: string;
  participantId: string;
  identifier: IdentifierModel;
  displayName?: string;
  text: string;
  language: string;
  isFinal: boolean;
  timestamp: string;
}
export type CallMessage =
  | { type: 'state'; call: string; state: string; reason?: CallEndReason }
  | { type: 'answer'; call: string; sdp: string }
  | { type: 'candidate'; call: string; candidate: RTCIceCandidateInit | null }
  | { type: 'roster'; call: string; serverCallId: string; participants: Member[] }
  | { type: 'role'; call: string; role: string }
  | { type: 'callInfo'; call: string; serverCallId: string; participantId: string }
  | { type: 'muted' | 'unmuted'; call: string }
  | { type: 'mutedSpeaking'; call: string }
  | { type: 'speakers'; call: string; speakers: Voice[] }
  | Caption
  | { type: 'quality'; call: string; send: Travel; receive: Travel }
  | { type: 'incomingEnded'; call: string; reason?: CallEndReason };
export type ServerMessage = Welcome | Incoming | Refusal | CallMessage | { type: 'ok'; ref?: number } | { type: 'pong' };

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const number: Check = (value) => typeof value === 'number';
const identifier: Check = (value) => fields(value, { rawId: text });
const member: Check = (value) => fields(value, { participantId: text, identifier, state: text });
const truth: Check = (value) => typeof value === 'boolean';
const voice: Check = (value) => fields(value, { participantId: text, identifier, isSpeaking: truth });
const voices: Check = (value) => Array.isArray(value) && value.every(voice);
const travel: Check = (value) => fields(value, { grade: text });
const members: Check = (value) => Array.isArray(value) && value.every(member);

// The fields without which a message of that type says nothing.
const required: Record<string, Record<string, Check>> = {
  welcome: { user: identifier },
  ok: {},
  error: { code: number },
  unregistered: { code: number },
  pong: {},
  incoming: { call: text, from: identifier },
  incomingEnded: { call: text },
  state: { call: text, state: text },
  answer: { call: text, sdp: text },
  candidate: { call: text },
  roster: { call: text, participants: members },
  role: { call: text, role: text },
  callInfo: { call: text, serverCallId: text, participantId: text },
  muted: { call: text },
  unmuted: { call: text },
  mutedSpeaking: { call: text },
  speakers: { call: text, speakers: voices },
  caption: { call: text, participantId: text, identifier, text, language: text, isFinal: truth, timestamp: text },
  quality: { call: text, send: travel, receive: travel },
};

/** Reads one message. It is undefined for what is not JSON, unknown or incomplete: a newer server may say more than we know. */
export function parse(data: unknown): ServerMessage | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const message: unknown = JSON.parse(data);
    const type = (message as { type?: unknown } | null)?.type;
    if (typeof type !== 'string' || !Object.hasOwn(required, type)) return undefined;
    return fields(message, required[type] ?? {}) ? (message as ServerMessage) : undefined;
  } catch {
    return undefined;
  }
}

function fields(value: unknown, checks: Record<string, Check>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Record<string, unknown>;
  return Object.entries(checks).every(([name, check]) => check(record[name]));
}
