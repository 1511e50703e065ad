import type { DeviceManager, DeviceManagerEvents } from './api';
import { deviceId, taggedId } from './device_id';
import { Emitter } from './emitter';
import { problem } from './errors';
import type {
  AudioDeviceInfo,
  CollectionUpdate,
  DeviceAccess,
  PermissionConstraints,
  VideoDeviceInfo,
} from './values';

/** The microphones, speakers and cameras of this computer, and which of them calls use. */
export class Devices extends Emitter<DeviceManagerEvents> implements DeviceManager {
  #microphone: AudioDeviceInfo | undefined;
  #speaker: AudioDeviceInfo | undefined;
  #audio: AudioDeviceInfo[] = [];
  #video: VideoDeviceInfo[] = [];
  readonly #changed = (): void => void this.#refresh();

  constructor() {
    super();
    navigator.mediaDevices?.addEventListener('devicechange', this.#changed);
  }

  get isSpeakerSelectionAvailable(): boolean {
    return typeof HTMLMediaElement !== 'undefined' && 'setSinkId' in HTMLMediaElement.prototype;
  }
  get selectedMicrophone(): AudioDeviceInfo | undefined {
    return this.#microphone;
  }
  get selectedSpeaker(): AudioDeviceInfo | undefined {
    return this.#speaker;
  }

  async askDevicePermission(wanted: PermissionConstraints): Promise<DeviceAccess> {
    const ask = async (kind: 'audio' | 'video'): Promise<boolean> => {
      if (!wanted[kind]) return false;
      try {
        const stream = await navigator.mediaDevices.getUserMedia({ [kind]: true });
        for (const track of stream.getTracks()) track.stop();
        return true;
      } catch {
        return false;
      }
    };
    const access = { audio: await ask('audio'), video: await ask('video') };
    await this.#refresh();
    return access;
  }

  async getMicrophones(): Promise<AudioDeviceInfo[]> {
    await this.#refresh();
    return this.#audio.filter((device) => device.deviceType === 'Microphone');
  }

  async getSpeakers(): Promise<AudioDeviceInfo[]> {
    if (!this.isSpeakerSelectionAvailable) throw problem('speakersUnknown');
    await this.#refresh();
    return this.#audio.filter((device) => device.deviceType === 'Speaker');
  }

  async getCameras(): Promise<VideoDeviceInfo[]> {
    await this.#refresh();
    return [...this.#video];
  }

  async selectMicrophone(device: AudioDeviceInfo): Promise<void> {
    if (device.id === this.#microphone?.id) return;
    this.#microphone = device;
    this.emit('selectedMicrophoneChanged');
  }

  async selectSpeaker(device: AudioDeviceInfo): Promise<void> {
    if (!this.isSpeakerSelectionAvailable) throw problem('speakersUnknown');
    if (device.id === this.#speaker?.id) return;
    this.#speaker = device;
    this.emit('selectedSpeakerChanged');
  }

  dispose(): void {
    navigator.mediaDevices?.removeEventListener('devicechange', this.#changed);
  }

  async #refresh(): Promise<void> {
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    const audio = all.filter((device) => device.kind !== 'videoinput').map(audioDevice);
    const video = all.filter((device) => device.kind === 'videoinput').map(videoDevice);
    const audioUpdate = difference(this.#audio, audio);
    const videoUpdate = difference(this.#video, video);
    this.#audio = audio;
    this.#video = video;
    this.#choose();
    if (audioUpdate) this.emit('audioDevicesUpdated', audioUpdate);
    if (videoUpdate) this.emit('videoDevicesUpdated', videoUpdate);
  }

  /** A selected device that is gone gives way to the system's choice. */
  #choose(): void {
    const microphone = this.#pick('Microphone', this.#microphone);
    if (microphone?.id !== this.#microphone?.id) {
      this.#microphone = microphone;
      this.emit('selectedMicrophoneChanged');
    }
    const speaker = this.isSpeakerSelectionAvailable ? this.#pick('Speaker', this.#speaker) : undefined;
    if (speaker?.id !== this.#speaker?.id) {
      this.#speaker = speaker;
      this.emit('selectedSpeakerChanged');
    }
  }

  #pick(type: AudioDeviceInfo['deviceType'], current: AudioDeviceInfo | undefined): AudioDeviceInfo | undefined {
    const fitting = this.#audio.filter((device) => device.deviceType === type && deviceId(device.id) !== '');
    const same = fitting.find((device) => device.id === current?.id);
    return same ?? fitting.find((device) => device.isSystemDefault) ?? fitting[0];
  }
}

function audioDevice(device: MediaDeviceInfo): AudioDeviceInfo {
  const microphone = device.kind === 'audioinput';
  return {
    name: device.label,
    id: taggedId(microphone ? 'microphone' : 'speaker', device.deviceId),
    isSystemDefault: device.deviceId === 'default',
    deviceType: microphone ? 'Microphone' : 'Speaker',
  };
}

function videoDevice(device: MediaDeviceInfo): VideoDeviceInfo {
  return { name: device.label, id: taggedId('camera', device.deviceId), deviceType: 'Unknown' };
}

/** What came and went between two lists, or undefined if nothing did. A device that gets its name counts as new. */
export function difference<T extends { id: string; name: string }>(before: T[], after: T[]): CollectionUpdate<T> | undefined {
  const lacks = (list: T[]) => (device: T) => !list.some((other) => other.id === device.id && other.name === device.name);
  const update = { added: after.filter(lacks(before)), removed: before.filter(lacks(after)) };
  return update.added.length + update.removed.length > 0 ? update : undefined;
}
