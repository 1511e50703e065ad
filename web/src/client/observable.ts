import type { PropertyChangedEvent } from './values';

/** Something with events. E maps their names to their listeners. */
export interface Observable<E> {
  on<K extends keyof E>(event: K, listener: E[K]): void;
  off<K extends keyof E>(event: K, listener: E[K]): void;
}

/** How loud something is, from 0 to 100. */
export interface Volume extends Observable<{ levelChanged: PropertyChangedEvent }> {
  readonly level: number;
}
