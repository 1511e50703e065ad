// A person as a disc with initials, a phone number as one with a phone. The
// colour comes from the id, so that it is the same everywhere.

import { Icon } from './icons';

const tints = 8;

export function Avatar({ id, name, size = 'medium' }: { id: string; name: string; size?: 'small' | 'medium' | 'large' }) {
  return (
    <span class={`avatar avatar-${size} tint-${tint(id)}`} aria-hidden="true">
      {/\p{L}/u.test(name) ? initials(name) : <Icon name="phone" />}
    </span>
  );
}

function tint(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % tints;
}

/** The first letters of the first and the last word. */
export function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const first = [...(words[0] ?? '?')][0] ?? '?';
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return (first + last).toUpperCase();
}
