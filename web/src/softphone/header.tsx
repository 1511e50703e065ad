import { Avatar } from './avatar';
import { Icon } from './icons';
import { connection, me, signOut } from './session';

export function Wordmark() {
  return (
    <span class="wordmark">
      <span class="wordmark-sign" aria-hidden="true">
        <Icon name="wave" />
      </span>
      botd
    </span>
  );
}

/** Says who is signed in and whether calls can arrive. */
export function Header() {
  if (!me.value) return null;
  const { id, name } = me.value;
  const connected = connection.value === 'Connected';
  return (
    <header class="top">
      <Wordmark />
      <div class="me">
        <Avatar id={id} name={name} size="small" />
        <div class="me-text">
          <strong data-testid="own-name">{name}</strong>
          <span class="status" data-testid="connection-state" data-state={connection.value} role="status">
            <i class="dot" aria-hidden="true" />
            {connected ? 'Ready for calls' : 'Reconnecting…'}
          </span>
        </div>
        <button class="round quiet" data-testid="sign-out-button" title="Sign out" aria-label="Sign out" onClick={() => void signOut()}>
          <Icon name="exit" />
        </button>
      </div>
    </header>
  );
}
