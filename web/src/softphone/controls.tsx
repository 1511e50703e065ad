import type { Signal } from '@preact/signals';
import type { CallModel } from './call_model';
import { Icon } from './icons';
import type { IconName } from './icons';

export type Panel = 'keypad' | 'sound' | 'add';

/** The row of buttons below a call. */
export function Controls({ model, panel }: { model: CallModel; panel: Signal<Panel | undefined> }) {
  const muted = model.isMuted.value;
  const connected = model.state.value === 'Connected';
  const group = model.isGroup;
  return (
    <div class="controls" role="toolbar" aria-label="Call controls">
      <button
        class={`control ${muted ? 'control-on' : ''}`}
        data-testid="mute-button"
        aria-pressed={muted}
        onClick={() => void model.toggleMute()}
      >
        <span class="control-face">
          <Icon name={muted ? 'microphoneOff' : 'microphone'} />
        </span>
        {muted ? 'Unmute' : 'Mute'}
      </button>
      <PanelButton name="keypad" icon="keypad" label="Keypad" panel={panel} disabled={!connected} />
      <PanelButton name="sound" icon="sound" label="Sound" panel={panel} />
      <PanelButton name="add" icon="add" label="Add" panel={panel} disabled={!connected} />
      <button class="control control-end" data-testid="hangup-button" onClick={() => void model.hangUp(false)}>
        <span class="control-face">
          <Icon name="hangUp" />
        </span>
        {group ? 'Leave' : 'Hang up'}
      </button>
      {group && (
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
