import type { CallState, ParticipantRole, RemoteParticipantState } from './values';

// Every way a call can change. Read a line as "from this, to any of these";
// what is not here does not happen. Leaving is possible from everywhere.
const callWays: Record<CallState, CallState[]> = {
  None: ['Connecting'],
  Connecting: ['Ringing', 'EarlyMedia', 'InLobby', 'Connected'],
  Ringing: ['EarlyMedia', 'InLobby', 'Connected'],
  EarlyMedia: ['Ringing', 'Connected'],
  InLobby: ['Connected'],
  Connected: ['LocalHold', 'RemoteHold', 'InLobby'],
  LocalHold: ['Connected', 'RemoteHold'],
  RemoteHold: ['Connected', 'LocalHold'],
  Disconnecting: ['Disconnected'],
  Disconnected: [],
};

export function callMayMove(from: CallState, to: CallState): boolean {
  if (from === 'Disconnected') return false;
  if (to === 'Disconnected') return true;
  if (to === 'Disconnecting') return from !== 'Disconnecting';
  return callWays[from].includes(to);
}

/**
 * The way to a state that the server named, one step after the other. Whoever was away for a while
 * may have missed that there was a connection in between.
 */
export function callWay(from: CallState, to: CallState): CallState[] {
  const between = !callMayMove(from, to) && callMayMove(from, 'Connected') && callMayMove('Connected', to);
  return between ? ['Connected', to] : [to];
}

const callStates = new Set<string>(Object.keys(callWays));

/** Whether the server named a state that we know. */
export function isCallState(state: string): state is CallState {
  return callStates.has(state);
}

const participantStates: Record<string, RemoteParticipantState> = {
  Idle: 'Idle',
  Connecting: 'Connecting',
  Ringing: 'Ringing',
  Connected: 'Connected',
  Hold: 'Hold',
  InLobby: 'InLobby',
  EarlyMedia: 'EarlyMedia',
  Disconnected: 'Disconnected',
};

/** A participant's state; one that we do not know counts as on its way. */
export function participantState(state: string, isOnHold: boolean): RemoteParticipantState {
  const known = participantStates[state] ?? 'Connecting';
  return known === 'Connected' && isOnHold ? 'Hold' : known;
}

const roles = new Set<string>(['Presenter', 'Attendee', 'Consumer', 'Collaborator']);

/** A role that the server named; a call without roles names none. */
export function roleOf(role: string | undefined): ParticipantRole {
  return role !== undefined && roles.has(role) ? (role as ParticipantRole) : 'Unknown';
}
