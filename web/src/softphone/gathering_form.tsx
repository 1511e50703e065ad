import { useSignal } from '@preact/signals';
import { Icon } from './icons';
import { place } from './session';
import { lacksPasscode, readGathering } from './target';

const hint = 'Enter a group’s name, a room’s id, a meeting’s link, or its 12 digits with the passcode.';

/** Joins a group, a room or a meeting: one field takes what names it. */
export function GatheringForm() {
  const text = useSignal(invitation());
  const passcode = useSignal('');
  const error = useSignal('');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const target = readGathering(text.value, passcode.value);
    error.value = target ? '' : hint;
    if (target) place(target);
  };
  return (
    <form class="card" onSubmit={submit} noValidate>
      <h2>Join a group or room</h2>
      <label class="field">
        <span>Group, room, meeting link or id</span>
        <input
          data-testid="group-input"
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
          placeholder="team-standup  or  123 456 789 012"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          aria-invalid={error.value !== ''}
          aria-describedby="group-error"
        />
      </label>
      {lacksPasscode(text.value) && (
        <label class="field">
          <span>Passcode of the meeting</span>
          <input
            data-testid="passcode-input"
            value={passcode.value}
            onInput={(event) => (passcode.value = event.currentTarget.value)}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
          />
        </label>
      )}
      <p class="problem" id="group-error" data-testid="group-error" role="alert" hidden={!error.value}>
        {error.value}
      </p>
      <button class="primary" data-testid="join-group-button">
        <Icon name="people" />
        Join
      </button>
    </form>
  );
}

/** What the link that led here invites to. */
function invitation(): string {
  if (location.hash.startsWith('#meeting/')) return location.href;
  return new URLSearchParams(location.search).get('group') ?? '';
}
