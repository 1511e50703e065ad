import type { Observable } from './observable';

// Listeners differ in their arguments; `any` is what lets one map hold them all.
type Listener = (...args: any[]) => void;

/** Keeps listeners and calls them in the order in which they came. */
export class Emitter<E extends { [K in keyof E]: Listener }> implements Observable<E> {
  readonly #listeners = new Map<keyof E, Set<Listener>>();

  on<K extends keyof E>(event: K, listener: E[K]): void {
    const known = this.#listeners.get(event);
    if (known) known.add(listener);
    else this.#listeners.set(event, new Set([listener]));
  }

  off<K extends keyof E>(event: K, listener: E[K]): void {
    this.#listeners.get(event)?.delete(listener);
  }

  /** Tells all listeners. One that throws is reported and does not keep the others from hearing. */
  emit<K extends keyof E>(event: K, ...args: Parameters<E[K]>): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        listener(...args);
      } catch (error) {
        reportError(error);
      }
    }
  }
}
