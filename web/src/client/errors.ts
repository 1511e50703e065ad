import type { CallEndReason } from './values';

/** What every promise of this client is rejected with. */
export class CommunicationServicesError extends Error {
  override readonly name = 'CommunicationServicesError';
  readonly code: number;
  readonly subCode: number;

  constructor(reason: CallEndReason, options?: ErrorOptions) {
    super(reason.message ?? `The server answered ${reason.code}/${reason.subCode ?? 0}.`, options);
    this.code = reason.code;
    this.subCode = reason.subCode ?? 0;
  }
}

const problems = {
  connectTimedOut: { code: 408, subCode: 40104, message: 'The server did not answer in time.' },
  requestTimedOut: { code: 408, subCode: 10057, message: 'The server did not answer a request in time.' },
  cannotConnect: { code: 412, subCode: 40115, message: 'The connection to the server could not be opened.' },
  agentExists: { code: 409, subCode: 40228, message: 'There is already a call agent for this user.' },
  disposed: { code: 410, subCode: 40115, message: 'The call agent has been disposed.' },
  connectionLost: { code: 410, subCode: 3100, message: 'The connection to the server was lost.' },
  mediaFailed: { code: 408, subCode: 10057, message: 'The media connection could not be set up.' },
  speakersUnknown: { code: 405, subCode: 40606, message: 'Speakers cannot be listed in this browser.' },
  permissionDenied: { code: 400, subCode: 40613, message: 'The microphone may not be used.' },
  microphoneFailed: { code: 500, subCode: 40614, message: 'The microphone could not be opened.' },
  cannotAccept: { code: 400, subCode: 41006, message: 'The call is not ringing, so it cannot be accepted.' },
  cannotReject: { code: 400, subCode: 41007, message: 'The call is not ringing, so it cannot be rejected.' },
  muteFailed: { code: 500, subCode: 41015, message: 'The call could not be muted.' },
  unmuteFailed: { code: 400, subCode: 41016, message: 'There is no microphone to unmute.' },
  holdFailed: { code: 500, subCode: 41033, message: 'The call could not be put on hold.' },
  resumeFailed: { code: 500, subCode: 41034, message: 'The call could not be resumed.' },
  roleForbids: { code: 403, subCode: 7504, message: 'Your role in this call does not allow it.' },
  notConnected: { code: 412, subCode: 41071, message: 'The call is not connected.' },
  toneUnsupported: { code: 400, subCode: 8523, message: 'This tone cannot be sent from a browser.' },
  languageFixed: { code: 400, subCode: 8523, message: 'The language is that of the application that transcribes the call.' },
  badArgument: { code: 400, subCode: 8523, message: 'An argument is missing or wrong.' },
} satisfies Record<string, CallEndReason>;

/** @internal */
export type Problem = keyof typeof problems;

/**
 * The error for something that went wrong here and not in the server.
 * @internal
 */
export function problem(what: Problem, cause?: unknown): CommunicationServicesError {
  return new CommunicationServicesError(problems[what], cause === undefined ? undefined : { cause });
}

/**
 * Whether an error is this one of ours.
 * @internal
 */
export function isProblem(error: unknown, what: Problem): boolean {
  const { code, subCode } = problems[what];
  return error instanceof CommunicationServicesError && error.code === code && error.subCode === subCode;
}

/**
 * What a call that ended with this error gives as its reason.
 * @internal
 */
export function reasonOf(error: unknown): CallEndReason {
  if (error instanceof CommunicationServicesError) {
    return { code: error.code, subCode: error.subCode, message: error.message };
  }
  return { code: 500, subCode: 9999, message: error instanceof Error ? error.message : String(error) };
}
