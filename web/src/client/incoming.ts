import type { AcceptCallOptions, Call, IncomingCall, IncomingCallEvents } from './api';
import { CallInfoObject } from './call_info';
import { contextFromModel } from './custom_context';
import { Emitter } from './emitter';
import { problem } from './errors';
import { fromModel } from './identifier';
import type { Incoming } from './protocol';
import type { CallEndReason, CallerInfo, CustomContext } from './values';

/** What an incoming call asks of its agent. */
export interface Answering {
  accept(incoming: IncomingObject, options: AcceptCallOptions | undefined): Promise<Call>;
  reject(incoming: IncomingObject): Promise<void>;
}

/** Somebody is calling. It ends by being accepted, rejected, or by itself. */
export class IncomingObject extends Emitter<IncomingCallEvents> implements IncomingCall {
  readonly kind = 'IncomingCall';
  readonly id: string;
  readonly callerInfo: CallerInfo;
  readonly customContext?: CustomContext;
  /** The call that it becomes has the same. */
  readonly info = new IncomingInfo(this);
  readonly #answering: Answering;
  #call: Promise<Call> | undefined;
  #rejected = false;
  #reason: CallEndReason | undefined;

  constructor(message: Incoming, answering: Answering) {
    super();
    this.id = message.call;
    this.callerInfo = { identifier: fromModel(message.from) };
    if (message.displayName) this.callerInfo.displayName = message.displayName;
    if (message.customContext) this.customContext = contextFromModel(message.customContext);
    this.#answering = answering;
  }

  get callEndReason(): CallEndReason | undefined {
    return this.#reason;
  }
  get isAccepted(): boolean {
    return this.#call !== undefined;
  }
  get isRinging(): boolean {
    return !this.#call && !this.#rejected && !this.#reason;
  }

  accept(options?: AcceptCallOptions): Promise<Call> {
    if (!this.isRinging) return Promise.reject(problem('cannotAccept'));
    this.#call = this.#answering.accept(this, options);
    return this.#call;
  }

  reject(): Promise<void> {
    if (!this.isRinging) return Promise.reject(problem('cannotReject'));
    this.#rejected = true;
    return this.#answering.reject(this);
  }

  /** It rings no more, and nobody here has answered. */
  ended(reason: CallEndReason): void {
    if (this.#reason) return;
    this.#reason = reason;
    this.emit('callEnded', { callEndReason: reason });
  }
}

/** What is known of a call that rings is nothing until it is accepted. */
class IncomingInfo extends CallInfoObject {
  readonly #incoming: IncomingObject;

  constructor(incoming: IncomingObject) {
    super();
    this.#incoming = incoming;
  }

  override getServerCallId(): Promise<string> {
    return this.#incoming.isAccepted ? super.getServerCallId() : Promise.reject(problem('notConnected'));
  }
}
