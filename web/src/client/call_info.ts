import type { CallInfo, CallInfoEvents } from './api';
import { deferred } from './deferred';
import { Emitter } from './emitter';
import { problem } from './errors';

/** Which call of the server a call of ours is. An application can move us to another one. */
export class CallInfoObject extends Emitter<CallInfoEvents> implements CallInfo {
  readonly threadId = undefined;
  #groupId: string | undefined;
  #participantId = '';
  #known: string | undefined;
  #serverCallId = deferred<string>();

  constructor(groupId?: string) {
    super();
    this.#groupId = groupId;
    this.#serverCallId.promise.catch(() => undefined);
  }

  get groupId(): string | undefined {
    return this.#groupId;
  }
  get participantId(): string {
    return this.#participantId;
  }

  getServerCallId(): Promise<string> {
    return this.#serverCallId.promise;
  }

  onCallInfoChanged(event: 'callInfoChanged', listener: () => void): void {
    this.on(event, listener);
  }

  offCallInfoChanged(event: 'callInfoChanged', listener: () => void): void {
    this.off(event, listener);
  }

  /** Takes what the server says. */
  update(serverCallId: string, participantId: string): void {
    if (serverCallId === this.#known && participantId === this.#participantId) return;
    if (this.#known !== undefined && serverCallId !== this.#known) {
      this.#groupId = undefined; // that was the other call's
      this.#serverCallId = deferred();
    }
    this.#known = serverCallId;
    this.#participantId = participantId;
    this.#serverCallId.resolve(serverCallId);
    this.emit('callInfoChanged');
  }

  /** There will be no call any more to know. */
  close(): void {
    this.#serverCallId.reject(problem('notConnected'));
  }
}
