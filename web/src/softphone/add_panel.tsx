import { useSignal } from '@preact/signals';
import type { CallModel } from './call_model';
import { readPerson } from './target';
import { useFocus } from './use_focus';

/** Invites somebody into the call. */
export function AddPanel({ model, close }: { model: CallModel; close: () => void }) {
  const text = useSignal('');
  const error = useSignal('');
  const field = useFocus<HTMLInputElement>();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const target = readPerson(text.value);
    if (target?.kind !== 'person') {
      error.value = 'Enter a user id, a bot’s name, or a phone number that begins with +.';
      return;
    }
    model.add(target.identifier);
    close();
  };
  return (
    <form onSubmit={submit} noValidate>
      <h2>Add someone</h2>
      <label class="field">
        <span>User id, bot or phone number</span>
        <input
          data-testid="add-input"
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          ref={field}
        />
      </label>
      {error.value && (
        <p class="problem" role="alert">
          {error.value}
        </p>
      )}
      <button class="primary wide" data-testid="add-confirm-button">
        Invite
      </button>
    </form>
  );
}
