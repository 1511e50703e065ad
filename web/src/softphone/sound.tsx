// Microphone and speaker: which, and how loud.

import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { LocalAudioStream } from '../client/calling';
import type { AudioDeviceInfo } from '../client/calling';
import { me } from './session';

/** The pickers, kept up to date as devices come and go. */
export function SoundPickers() {
  const microphones = useSignal<AudioDeviceInfo[]>([]);
  const speakers = useSignal<AudioDeviceInfo[]>([]);
  const chosen = useSignal<{ microphone?: string; speaker?: string }>({});
  const devices = me.value?.devices;

  useEffect(() => {
    if (!devices) return undefined;
    const list = async (): Promise<void> => {
      microphones.value = named(await devices.getMicrophones());
      if (devices.isSpeakerSelectionAvailable) speakers.value = named(await devices.getSpeakers());
      choose();
    };
    const choose = (): void => {
      chosen.value = { microphone: devices.selectedMicrophone?.id ?? '', speaker: devices.selectedSpeaker?.id ?? '' };
    };
    const relist = (): void => void list().catch(() => undefined);
    relist();
    devices.on('audioDevicesUpdated', relist);
    devices.on('selectedMicrophoneChanged', choose);
    devices.on('selectedSpeakerChanged', choose);
    return () => {
      devices.off('audioDevicesUpdated', relist);
      devices.off('selectedMicrophoneChanged', choose);
      devices.off('selectedSpeakerChanged', choose);
    };
  }, [devices]);

  return (
    <>
      <Picker
        label="Microphone"
        testid="microphone-select"
        devices={microphones.value}
        chosen={chosen.value.microphone}
        pick={(device) => void devices?.selectMicrophone(device)}
      />
      {devices?.isSpeakerSelectionAvailable && (
        <Picker
          label="Speaker"
          testid="speaker-select"
          devices={speakers.value}
          chosen={chosen.value.speaker}
          pick={(device) => void devices.selectSpeaker(device)}
        />
      )}
    </>
  );
}

interface PickerProps {
  label: string;
  testid: string;
  devices: AudioDeviceInfo[];
  chosen: string | undefined;
  pick: (device: AudioDeviceInfo) => void;
}

function Picker({ label, testid, devices, chosen, pick }: PickerProps) {
  const select = (id: string): void => {
    const device = devices.find((one) => one.id === id);
    if (device) pick(device);
  };
  return (
    <label class="field">
      <span>{label}</span>
      <select
        data-testid={testid}
        value={chosen}
        disabled={devices.length === 0}
        onChange={(event) => select(event.currentTarget.value)}
      >
        {devices.length === 0 && <option>System default</option>}
        {devices.map((device) => (
          <option key={device.id} value={device.id} selected={device.id === chosen}>
            {device.name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Before permission is given, browsers list devices without id and name. */
function named(devices: AudioDeviceInfo[]): AudioDeviceInfo[] {
  return devices.filter((device) => device.name !== '');
}

const segments = 16;

/** How loud the microphone is, 0 to 100. */
export function LevelMeter({ level, off }: { level: Signal<number>; off: boolean }) {
  const value = off ? 0 : level.value;
  return (
    <div
      class="level"
      role="meter"
      aria-label="Microphone level"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value}
      data-testid="microphone-level"
    >
      {Array.from({ length: segments }, (_, index) => (
        <i key={index} class={value > (index * 100) / segments ? 'lit' : ''} />
      ))}
    </div>
  );
}

/** Lets one try the microphone before a call. */
export function SoundCheck() {
  const level = useSignal(0);
  const stream = useSignal<LocalAudioStream | undefined>(undefined);
  const problem = useSignal('');
  const devices = me.value?.devices;

  const stop = (): void => {
    stream.value?.dispose();
    stream.value = undefined;
    level.value = 0;
  };
  const start = async (): Promise<void> => {
    problem.value = '';
    const access = await devices?.askDevicePermission({ audio: true, video: false });
    const microphone = devices?.selectedMicrophone;
    if (!access?.audio || !microphone) {
      problem.value = 'The microphone may not be used, or there is none.';
      return;
    }
    const opened = new LocalAudioStream(microphone);
    await opened.getMediaStream();
    const volume = await opened.getVolume();
    volume.on('levelChanged', () => (level.value = volume.level));
    stream.value = opened;
  };

  useEffect(() => stop, []);
  useEffect(() => {
    const follow = (): void => {
      if (devices?.selectedMicrophone) void stream.value?.switchSource(devices.selectedMicrophone).catch(stop);
    };
    devices?.on('selectedMicrophoneChanged', follow);
    return () => devices?.off('selectedMicrophoneChanged', follow);
  }, [devices]);

  return (
    <section class="card" aria-labelledby="sound-title">
      <h2 id="sound-title">Sound</h2>
      <SoundPickers />
      <LevelMeter level={level} off={stream.value === undefined} />
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      <button
        type="button"
        class="secondary small"
        data-testid="test-microphone-button"
        aria-pressed={stream.value !== undefined}
        onClick={() => (stream.value ? stop() : void start().catch((error: unknown) => (problem.value = String(error))))}
      >
        {stream.value ? 'Stop the test' : 'Test the microphone'}
      </button>
    </section>
  );
}
