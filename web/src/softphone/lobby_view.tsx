import { useEffect, useRef } from 'preact/hooks';
import { Avatar } from './avatar';
import type { CallModel, Person } from './call_model';
import { Icon } from './icons';
import { LevelMeter } from './sound';
import { knock } from './sounds';

/** What somebody sees who waits to be let in. */
export function Waiting({ model }: { model: CallModel }) {
  return (
    <section class="waiting" data-testid="waiting" aria-labelledby="waiting-title">
      <span class="waiting-sign ringing" aria-hidden="true">
        <Icon name="waiting" />
      </span>
      <h2 id="waiting-title">You are in the lobby</h2>
      <p class="lead">Somebody in the meeting will let you in. Until then nobody hears you, and you hear nobody.</p>
      <LevelMeter level={model.level} off={model.isMuted.value} />
    </section>
  );
}

/** Those who wait, for whoever may decide about it. */
export function LobbyList({ model }: { model: CallModel }) {
  const waiting = model.waiting.value;
  const before = useRef(0);
  useEffect(() => {
    if (waiting.length > before.current) knock();
    before.current = waiting.length;
  }, [waiting.length]);
  if (waiting.length === 0) return null;
  return (
    <section class="lobby" data-testid="lobby" aria-labelledby="lobby-title">
      <div class="lobby-head">
        <h2 id="lobby-title">
          <span role="status">{waiting.length === 1 ? 'Waiting in the lobby' : `${waiting.length} wait in the lobby`}</span>
        </h2>
        {waiting.length > 1 && (
          <button class="secondary small" data-testid="admit-all-button" onClick={() => void model.admitAll()}>
            Admit all
          </button>
        )}
      </div>
      <ul>
        {waiting.map((person) => (
          <WaitingPerson key={person.participant} person={person} model={model} />
        ))}
      </ul>
    </section>
  );
}

function WaitingPerson({ person: { id, name, participant }, model }: { person: Person; model: CallModel }) {
  return (
    <li class="lobby-person" data-testid="lobby-person" data-id={id}>
      <Avatar id={id} name={name} size="small" />
      <strong title={id}>{name}</strong>
      <button class="secondary small" data-testid="refuse-person" aria-label={`Refuse ${name}`} onClick={() => void model.refuse(participant)}>
        Refuse
      </button>
      <button class="primary small" data-testid="admit-person" aria-label={`Admit ${name}`} onClick={() => void model.admit(participant)}>
        Admit
      </button>
    </li>
  );
}
