// Where calls begin: a bot, a person or a group.

import { useSignal } from '@preact/signals';
import { bots } from './bots';
import type { BotInfo } from './bots';
import { CopyButton } from './copy_button';
import { Colleague } from './colleague';
import { Header } from './header';
import { GatheringForm } from './gathering_form';
import { Icon } from './icons';
import { me, place } from './session';
import { SoundCheck } from './sound';
import { readPerson } from './target';

export function Home() {
  return (
    <div class="page">
      <Header />
      <main class="home">
        <h1>Who would you like to talk to?</h1>
        <div class="home-main">
          <ul class="bots" aria-label="Bots">
            {bots.map((bot) => (
              <li key={bot.id}>
                <BotCard {...bot} />
              </li>
            ))}
          </ul>
          <div class="ways">
            <PersonForm />
            <GatheringForm />
          </div>
          {me.value?.dev && <Colleague />}
        </div>
        <aside class="home-side">
          <OwnId />
          <SoundCheck />
        </aside>
      </main>
    </div>
  );
}

function BotCard({ id, testid, icon, title, text }: BotInfo) {
  return (
    <button class="bot" data-testid={testid} onClick={() => place({ kind: 'person', identifier: { id }, title })}>
      <span class="bot-icon" aria-hidden="true">
        <Icon name={icon} />
      </span>
      <span class="bot-text">
        <strong>{title}</strong>
        <span>{text}</span>
      </span>
      <code>{id}</code>
    </button>
  );
}

function PersonForm() {
  const text = useSignal('');
  const error = useSignal('');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const target = readPerson(text.value);
    error.value = target ? '' : 'Enter a user id, a bot’s name, or a phone number that begins with +.';
    if (target) place(target);
  };
  return (
    <form class="card" onSubmit={submit} noValidate>
      <h2>Call a person</h2>
      <label class="field">
        <span>User id, bot or phone number</span>
        <input
          data-testid="person-input"
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
          placeholder="8:acs:…  or  +1 425 555 0100"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          aria-invalid={error.value !== ''}
          aria-describedby="person-error"
        />
      </label>
      <p class="problem" id="person-error" data-testid="person-error" role="alert" hidden={!error.value}>
        {error.value}
      </p>
      <button class="primary" data-testid="call-person-button">
        <Icon name="phone" />
        Call
      </button>
    </form>
  );
}

function OwnId() {
  const id = me.value?.id ?? '';
  return (
    <section class="card" aria-labelledby="own-title">
      <h2 id="own-title">Be called</h2>
      <p class="hint">Others reach you under this id while this page is open.</p>
      <code class="own-id" data-testid="own-id">
        {id}
      </code>
      <CopyButton text={id} label="Copy id" testid="copy-id-button" />
    </section>
  );
}
