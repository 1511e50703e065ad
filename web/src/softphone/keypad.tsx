import { useEffect } from 'preact/hooks';
import type { DtmfTone } from '../client/calling';
import type { CallModel } from './call_model';
import { keySound } from './sounds';

interface Key {
  label: string;
  tone: DtmfTone;
  testid: string;
  letters: string;
  spoken?: string;
}

const keys: Key[] = [
  { label: '1', tone: 'Num1', testid: 'key-1', letters: '' },
  { label: '2', tone: 'Num2', testid: 'key-2', letters: 'ABC' },
  { label: '3', tone: 'Num3', testid: 'key-3', letters: 'DEF' },
  { label: '4', tone: 'Num4', testid: 'key-4', letters: 'GHI' },
  { label: '5', tone: 'Num5', testid: 'key-5', letters: 'JKL' },
  { label: '6', tone: 'Num6', testid: 'key-6', letters: 'MNO' },
  { label: '7', tone: 'Num7', testid: 'key-7', letters: 'PQRS' },
  { label: '8', tone: 'Num8', testid: 'key-8', letters: 'TUV' },
  { label: '9', tone: 'Num9', testid: 'key-9', letters: 'WXYZ' },
  { label: '*', tone: 'Star', testid: 'key-star', letters: '', spoken: 'Star' },
  { label: '0', tone: 'Num0', testid: 'key-0', letters: '+' },
  { label: '#', tone: 'Pound', testid: 'key-pound', letters: '', spoken: 'Pound' },
];

export function Keypad({ model }: { model: CallModel }) {
  return (
    <section aria-label="Keypad" data-testid="keypad">
      <output class="digits" data-testid="digits" aria-label="Keys pressed">
        {model.digits.value || <span class="hint">Your keyboard works, too</span>}
      </output>
      <div class="keys">
        {keys.map((key) => (
          <button key={key.label} class="key" data-testid={key.testid} aria-label={key.spoken ?? key.label} onClick={() => press(model, key)}>
            <span>{key.label === '*' ? '∗' : key.label}</span>
            <small aria-hidden="true">{key.letters}</small>
          </button>
        ))}
      </div>
    </section>
  );
}

/** Lets the computer's keys dial during a call, unless somebody types into a field. */
export function useKeys(model: CallModel): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
      const key = keys.find(({ label }) => label === event.key);
      if (key && model.state.value === 'Connected') press(model, key);
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [model]);
}

function press(model: CallModel, key: Key): void {
  keySound(key.tone);
  void model.press(key.tone, key.label);
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select');
}
