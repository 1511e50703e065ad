import { useEffect, useRef } from 'preact/hooks';
import { getIdentifierRawId } from '../client/calling';
import type { IncomingCall } from '../client/calling';
import { Avatar } from './avatar';
import { botName } from './bots';
import { Icon } from './icons';
import { accept, call, decline } from './session';
import { ring } from './sounds';
import { shorten } from './target';

/** Somebody calls: it rings, and asks. */
export function IncomingSheet({ incoming }: { incoming: IncomingCall }) {
  const acceptButton = useRef<HTMLButtonElement>(null);
  const { identifier, displayName } = incoming.callerInfo;
  const id = identifier ? getIdentifierRawId(identifier) : '';
  const name = displayName ?? botName(id) ?? shorten(id);

  useEffect(() => {
    acceptButton.current?.focus();
    const title = document.title;
    document.title = `${name} is calling`;
    const silence = ring();
    return () => {
      document.title = title;
      silence();
    };
  }, []);

  return (
    <div
      class="incoming"
      role="alertdialog"
      aria-labelledby="incoming-title"
      aria-describedby="incoming-text"
      data-testid="incoming-call"
    >
      <span class="ringing">
        <Avatar id={id} name={name} />
      </span>
      <div class="incoming-text">
        <strong id="incoming-title" data-testid="incoming-caller">
          {name}
        </strong>
        <span id="incoming-text">{call.value ? 'Accepting ends your current call' : 'is calling you'}</span>
      </div>
      <div class="incoming-buttons">
        <button class="danger" data-testid="decline-button" onClick={() => void decline(incoming)}>
          <Icon name="hangUp" />
          Decline
        </button>
        <button class="go" ref={acceptButton} data-testid="accept-button" onClick={() => void accept(incoming)}>
          <Icon name="phone" />
          Accept
        </button>
      </div>
    </div>
  );
}
