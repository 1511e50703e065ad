import type { Signal } from '@preact/signals';
import type { CallModel } from './call_model';
import { Icon } from './icons';
import type { IconName } from './icons';

export type Panel = 'keypad' | 'sound' | 'add';

/** The row of buttons below a call. */
export function Controls({ model, panel }: { model: CallModel; panel: Signal<Panel | undefined> }) {
  const muted = model.isMuted.value;
  const state = model.state.value;
  const connected = state === 'Connected';
  const group = model.isGroup;
  const listens = model.role.value === 'Consumer';
  return (
    <div class="controls" role="toolbar" aria-label="Call controls">
      <button
        class={`control ${muted ? 'control-on' : ''}`}
        data-testid="mute-button"
        aria-pressed={muted}
        disabled={listens}
        title={listens ? 'Your role is to listen' : undefined}
        onClick={() => void model.toggleMute()}
      >
        <span class="control-face">
          <Icon name={muted ? 'microphoneOff' : 'microphone'} />
        </span>
        {muted ? 'Unmute' : 'Mute'}
      </button>
      <HoldButton model={model} />
      <PanelButton name="keypad" icon="keypad" label="Keypad" panel={panel} disabled={!connected} />
      <PanelButton name="sound" icon="sound" label="Sound" panel={panel} />
      {model.moderates && <PanelButton name="add" icon="add" label="Add" panel={panel} disabled={!connected} />}
      <button class="control control-end" data-testid="hangup-button" onClick={() => void model.hangUp(false)}>
        <span class="control-face">
          <Icon name="hangUp" />
        </span>
        {group ? 'Leave' : 'Hang up'}
      </button>
      {group && model.moderates && state !== 'InLobby' && (
        <button class="control control-end-all" data-testid="end-for-all-button" onClick={() => void model.hangUp(true)}>
          <span class="control-face">
            <Icon name="cross" />
          </span>
          End for all
        </button>
      )}
    </div>
  );
}

function HoldButton({ model }: { model: CallModel }) {
  const state = model.state.value;
  const held = state === 'LocalHold';
  return (
    <button
      class={`control ${held ? 'control-on' : ''}`}
      data-testid="hold-button"
      aria-pressed={held}
      disabled={!held && state !== 'Connected' && state !== 'RemoteHold'}
      onClick={() => void model.toggleHold()}
    >
      <span class="control-face">
        <Icon name={held ? 'play' : 'pause'} />
      </span>
      {held ? 'Resume' : 'Hold'}
    </button>
  );
}

interface PanelButtonProps {
  name: Panel;
  icon: IconName;
  label: string;
  panel: Signal<Panel | undefined>;
  disabled?: boolean;
}

function PanelButton({ name, icon, label, panel, disabled }: PanelButtonProps) {
  const open = panel.value === name;
  return (
    <button
      class={`control ${open ? 'control-open' : ''}`}
      data-testid={`${name}-button`}
      aria-expanded={open}
      aria-controls="panel"
      disabled={disabled}
      onClick={() => (panel.value = open ? undefined : name)}
    >
      <span class="control-face">
        <Icon name={icon} />
      </span>
      {label}
    </button>
  );
}
