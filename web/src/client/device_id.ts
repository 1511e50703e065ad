// Device ids carry the kind of device, so that "default" is not the same
// microphone and speaker.

/** Makes an AudioDeviceInfo's or VideoDeviceInfo's id. */
export function taggedId(kind: 'microphone' | 'speaker' | 'camera', id: string): string {
  return `${kind}:${id}`;
}

/** The browser's own id in it. */
export function deviceId(tagged: string): string {
  return tagged.slice(tagged.indexOf(':') + 1);
}
