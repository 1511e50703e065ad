// The sounds that the softphone makes itself.

import type { DtmfTone } from '../client/calling';

let context: AudioContext | undefined;

function audio(): AudioContext {
  context ??= new AudioContext();
  if (context.state === 'suspended') void context.resume().catch(() => undefined);
  return context;
}

/** Plays frequencies (Hz) together, from a moment (seconds from now) on, for a while (seconds). */
function chord(frequencies: number[], from: number, length: number, volume: number): void {
  const out = audio();
  const start = out.currentTime + from;
  const gain = out.createGain();
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(volume, start + 0.015);
  gain.gain.setTargetAtTime(0, start + length - 0.04, 0.02);
  gain.connect(out.destination);
  for (const frequency of frequencies) {
    const oscillator = new OscillatorNode(out, { frequency, type: 'sine' });
    oscillator.connect(gain);
    oscillator.start(start);
    oscillator.stop(start + length + 0.1);
  }
}

/** Repeats something until the returned function is called. */
function repeat(what: () => void, period: number): () => void {
  what();
  const timer = setInterval(what, period);
  return () => clearInterval(timer);
}

/** Somebody calls: three rising notes, twice. */
export function ring(): () => void {
  return repeat(() => {
    for (const [index, frequency] of [523, 659, 784, 523, 659, 784].entries()) {
      chord([frequency], index * 0.16 + (index > 2 ? 0.24 : 0), 0.22, 0.12);
    }
  }, 3000);
}

/** Somebody waits in the lobby. */
export function knock(): void {
  chord([392], 0, 0.14, 0.06);
  chord([523], 0.18, 0.2, 0.06);
}

/** It rings at the other end. */
export function ringback(): () => void {
  return repeat(() => chord([440, 480], 0, 1, 0.03), 4000);
}

const rows = [697, 770, 852, 941];
const columns = [1209, 1336, 1477];
const order: DtmfTone[] = [
  'Num1',
  'Num2',
  'Num3',
  'Num4',
  'Num5',
  'Num6',
  'Num7',
  'Num8',
  'Num9',
  'Star',
  'Num0',
  'Pound',
];

/** What a key sounds like to the one who presses it. */
export function keySound(tone: DtmfTone): void {
  const at = order.indexOf(tone);
  if (at >= 0) chord([rows[Math.floor(at / 3)] ?? 0, columns[at % 3] ?? 0], 0, 0.13, 0.04);
}
