import { useEffect, useRef } from 'preact/hooks';
import type { RefObject } from 'preact';

/** Puts the focus on an element when its view appears, so that keyboards and screen readers start there. */
export function useFocus<T extends HTMLElement>(): RefObject<T | null> {
  const element = useRef<T>(null);
  useEffect(() => element.current?.focus(), []);
  return element;
}
