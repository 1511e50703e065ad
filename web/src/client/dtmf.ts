import { problem } from './errors';
import type { DtmfTone } from './values';

/** What RTCDTMFSender calls each tone. Flash is no tone, and browsers cannot send it. */
const keys: Partial<Record<DtmfTone, string>> = {
  Num0: '0',
  Num1: '1',
  Num2: '2',
  Num3: '3',
  Num4: '4',
  Num5: '5',
  Num6: '6',
  Num7: '7',
  Num8: '8',
  Num9: '9',
  Star: '*',
  Pound: '#',
  A: 'A',
  B: 'B',
  C: 'C',
  D: 'D',
};

/** How long a tone and the pause after it are, in milliseconds. */
const toneLength = 160;
const tonePause = 60;

/**
 * A call is connected when the server says so, which may be a moment before the browser finds
 * that it can send. So long that moment may be, and so often it is looked, in milliseconds.
 */
const patience = 2000;
const lookEvery = 20;

/** The character that stands for a tone. */
export function dtmfKey(tone: DtmfTone): string {
  const key = keys[tone];
  if (key === undefined) throw problem('toneUnsupported');
  return key;
}

/** The part of RTCDTMFSender that is used here. */
export interface ToneSender {
  readonly canInsertDTMF: boolean;
  insertDTMF(tones: string, duration?: number, interToneGap?: number): void;
  addEventListener(type: 'tonechange', listener: (event: { tone: string }) => void): void;
  removeEventListener(type: 'tonechange', listener: (event: { tone: string }) => void): void;
}

/** Sends tones one after the other: a browser that is given a second one forgets the first. */
export class ToneQueue {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when the tone and its pause are over. connected says that the call is, by now. */
  send(sender: ToneSender | null | undefined, tone: DtmfTone, connected: () => boolean): Promise<void> {
    const key = dtmfKey(tone);
    const sent = this.#last.then(() => play(sender, key, connected));
    this.#last = sent.catch(() => undefined);
    return sent;
  }
}

async function play(sender: ToneSender | null | undefined, key: string, connected: () => boolean): Promise<void> {
  if (!sender || !(await mayPlay(sender, connected))) throw problem('notConnected');
  return new Promise((resolve) => {
    const finish = (): void => {
      sender.removeEventListener('tonechange', heard);
      clearTimeout(timer);
      resolve();
    };
    // The empty tone says that the list has been played.
    const heard = (event: { tone: string }): void => {
      if (event.tone === '') finish();
    };
    // A call that ends meanwhile plays nothing more, and says nothing either.
    const timer = setTimeout(finish, 4 * (toneLength + tonePause));
    sender.addEventListener('tonechange', heard);
    sender.insertDTMF(key, toneLength, tonePause);
  });
}

async function mayPlay(sender: ToneSender, connected: () => boolean): Promise<boolean> {
  for (let waited = 0; !sender.canInsertDTMF && connected() && waited < patience; waited += lookEvery) {
    await new Promise((resolve) => setTimeout(resolve, lookEvery));
  }
  return sender.canInsertDTMF;
}
