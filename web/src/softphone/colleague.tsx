import { useSignal } from '@preact/signals';
import { Icon } from './icons';
import { callByName } from './session';

/** The user whom the menu of a development server brings in. */
const colleague = 'Dana';

/** How to be two people on a development server, where a name is all it takes. */
export function Colleague() {
  const name = useSignal(colleague);
  const error = useSignal('');
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const typed = name.value.trim();
    error.value = typed ? '' : 'Enter a name.';
    if (!typed) return;
    try {
      await callByName(typed);
    } catch (problem) {
      error.value = problem instanceof Error ? problem.message : String(problem);
    }
  };
  return (
    <section class="card colleague" aria-labelledby="colleague-title" data-testid="colleague">
      <div class="colleague-text">
        <h2 id="colleague-title">Be two people</h2>
        <p class="hint">
          Sign in as <strong>{colleague}</strong> in another tab to be called by the menu’s key 3, or from here.
        </p>
      </div>
      <form class="by-name" onSubmit={(event) => void submit(event)} noValidate>
        <input
          data-testid="name-to-call-input"
          aria-label="Name of somebody who is signed in"
          value={name.value}
          onInput={(event) => (name.value = event.currentTarget.value)}
          autocomplete="off"
          maxLength={64}
          aria-invalid={error.value !== ''}
          aria-describedby="by-name-error"
        />
        <button class="secondary" data-testid="call-name-button">
          <Icon name="phone" />
          Call
        </button>
      </form>
      <p class="problem" id="by-name-error" role="alert" hidden={!error.value}>
        {error.value}
      </p>
    </section>
  );
}
