// The first screen: who are you?

import { useSignal } from '@preact/signals';
import { CommunicationServicesError } from '../client/calling';
import { Wordmark } from './header';
import { NoTokensHere, signIn, signInWithToken, signedOut } from './session';
import { remembered } from './sign_in_token';
import { useFocus } from './use_focus';

function inWords(problem: unknown): string {
  if (problem instanceof CommunicationServicesError && problem.code === 401) return 'The server does not accept this access token.';
  return problem instanceof Error ? problem.message : String(problem);
}

export function SignIn() {
  const name = useSignal(remembered().name);
  const token = useSignal('');
  const needsToken = useSignal(false);
  const busy = useSignal(false);
  const error = useSignal(signedOut.value);
  const field = useFocus<HTMLInputElement>();

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (busy.value) return;
    const typed = name.value.trim();
    error.value = '';
    busy.value = true;
    try {
      if (needsToken.value) await signInWithToken(typed, token.value.trim());
      else await signIn(typed);
    } catch (problem) {
      if (problem instanceof NoTokensHere) needsToken.value = true;
      else error.value = inWords(problem);
    } finally {
      busy.value = false;
    }
  };

  return (
    <main class="door">
      <div class="door-card">
        <Wordmark />
        <h1>Talk to your bots</h1>
        <p class="lead">Pick a name that others see when you call. Then try a bot, ring a colleague, or meet in a group.</p>
        <form onSubmit={(event) => void submit(event)}>
          <label class="field">
            <span>Your name</span>
            <input
              data-testid="name-input"
              value={name.value}
              onInput={(event) => (name.value = event.currentTarget.value)}
              autocomplete="name"
              maxLength={64}
              required
              ref={field}
            />
          </label>
          {needsToken.value && (
            <label class="field">
              <span>Access token</span>
              <textarea
                data-testid="token-input"
                value={token.value}
                onInput={(event) => (token.value = event.currentTarget.value)}
                rows={4}
                spellcheck={false}
                autocomplete="off"
                required
              />
              <small>This server hands out no tokens by itself. Paste one with the scope “voip”.</small>
            </label>
          )}
          {error.value && (
            <p class="problem" role="alert" data-testid="sign-in-error">
              {error.value}
            </p>
          )}
          <button class="primary wide" data-testid="continue-button" disabled={busy.value}>
            {busy.value ? 'Signing in…' : 'Continue'}
          </button>
          {!needsToken.value && (
            <button type="button" class="quiet wide" data-testid="use-token-button" onClick={() => (needsToken.value = true)}>
              Use an access token
            </button>
          )}
        </form>
      </div>
    </main>
  );
}
