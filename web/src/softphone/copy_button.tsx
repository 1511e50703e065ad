import { useSignal } from '@preact/signals';
import { Icon } from './icons';

/** Copies a text and says that it has. */
export function CopyButton({ text, label, testid }: { text: string; label: string; testid: string }) {
  const copied = useSignal(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    copied.value = true;
    setTimeout(() => (copied.value = false), 2000);
  };
  return (
    <button type="button" class="secondary small" data-testid={testid} onClick={() => void copy().catch(() => undefined)}>
      <Icon name={copied.value ? 'check' : 'copy'} />
      <span aria-live="polite">{copied.value ? 'Copied' : label}</span>
    </button>
  );
}
