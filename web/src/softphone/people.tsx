import type { ParticipantRole, RemoteParticipantState } from '../client/calling';
import { Avatar } from './avatar';
import type { CallModel, Person } from './call_model';
import { Icon } from './icons';
import { me } from './session';
import { targetId } from './target';

const stateWords: Record<RemoteParticipantState, string> = {
  Idle: 'Invited',
  Connecting: 'Connecting…',
  Ringing: 'Ringing…',
  EarlyMedia: 'Connecting…',
  Connected: '',
  Hold: 'On hold',
  InLobby: 'In the lobby',
  Disconnected: 'Left',
};

/** From this level of 100 on, what comes from the own microphone counts as speech. */
const speech = 40;

/** Everybody in the call, oneself last. */
export function People({ model }: { model: CallModel }) {
  const people = model.people.value;
  const many = people.length > 3 || model.waiting.value.length > 0;
  return (
    <ul class={many ? 'people people-many' : 'people'} data-testid="people" aria-label="In the call">
      {people.map((person) => (
        <PersonTile key={person.participant} person={person} model={model} />
      ))}
      {people.length === 0 && !model.met && model.target.kind === 'person' && <Expected model={model} />}
      <OwnTile model={model} />
    </ul>
  );
}

function PersonTile({ person, model }: { person: Person; model: CallModel }) {
  const { id, name, state, isMuted, isSpeaking, role, participant } = person;
  const note = isMuted ? 'Muted' : stateWords[state] || (isSpeaking ? 'Speaking' : '');
  return (
    <li
      class={`tile ${isSpeaking ? 'tile-speaking' : ''} ${state === 'Connected' ? '' : 'tile-away'}`}
      data-testid="person"
      data-id={id}
      data-state={state}
      data-speaking={isSpeaking}
      data-muted={isMuted}
      data-role={role}
    >
      <Avatar id={id} name={name} size="large" />
      <strong title={id}>{name}</strong>
      <Note role={role} text={note} />
      {model.isGroup && model.moderates && (
        <span class="tile-actions">
          <button class="round" data-testid="mute-person" aria-label={`Mute ${name}`} title="Mute" disabled={isMuted} onClick={() => void model.mutePerson(participant)}>
            <Icon name="microphoneOff" />
          </button>
          {model.role.value === 'Presenter' && (
            <button class="round" data-testid="return-person" aria-label={`Send ${name} back to the lobby`} title="Back to the lobby" onClick={() => void model.sendBack(participant)}>
              <Icon name="back" />
            </button>
          )}
          <button class="round" data-testid="remove-person" aria-label={`Remove ${name}`} title="Remove" onClick={() => void model.removePerson(participant)}>
            <Icon name="cross" />
          </button>
        </span>
      )}
    </li>
  );
}

/** What goes on with somebody, and as what they are here. */
function Note({ role, text }: { role: ParticipantRole; text: string }) {
  const parts = [role === 'Unknown' ? '' : role, text].filter(Boolean);
  return <span class="tile-note">{parts.join(' · ') || '\u00a0'}</span>;
}

/** Whoever is being called, until they are in. */
function Expected({ model }: { model: CallModel }) {
  const { title } = model.target;
  const id = targetId(model.target);
  return (
    <li class="tile tile-away">
      <span class="ringing">
        <Avatar id={id} name={title} size="large" />
      </span>
      <strong>{title}</strong>
      <span class="tile-note">{'\u00a0'}</span>
    </li>
  );
}

function OwnTile({ model }: { model: CallModel }) {
  if (!me.value) return null;
  const muted = model.isMuted.value;
  const speaking = !muted && model.level.value > speech;
  return (
    <li class={`tile tile-own ${speaking ? 'tile-speaking' : ''}`} data-testid="self" data-speaking={speaking} data-muted={muted}>
      <Avatar id={me.value.id} name={me.value.name} size="large" />
      <strong>{me.value.name}</strong>
      <Note role={model.role.value} text={muted ? 'You, muted' : 'You'} />
    </li>
  );
}
