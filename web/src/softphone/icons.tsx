// The icons, drawn here on a grid of 24. They say nothing that the text or the
// label of their button does not say, so they are hidden from screen readers.

const paths = {
  phone:
    'M6.2 4h2.3l1.7 4.2-2 1.5a11 11 0 0 0 6.1 6.1l1.5-2 4.2 1.7v2.3A2.2 2.2 0 0 1 17.8 20 13.8 13.8 0 0 1 4 6.2 2.2 2.2 0 0 1 6.2 4Z',
  hangUp:
    'M3.2 14.6v-1.5C3.2 10.6 7.1 8.8 12 8.8s8.8 1.8 8.8 4.3v1.5a1.3 1.3 0 0 1-1.5 1.3l-2.9-.5a1.3 1.3 0 0 1-1.1-1.3v-1.7a11.5 11.5 0 0 0-6.6 0v1.7a1.3 1.3 0 0 1-1.1 1.3l-2.9.5a1.3 1.3 0 0 1-1.5-1.3Z',
  microphone: 'M12 3.5a2.75 2.75 0 0 1 2.75 2.75v5a2.75 2.75 0 0 1-5.5 0v-5A2.75 2.75 0 0 1 12 3.5ZM5.75 11a6.25 6.25 0 0 0 12.5 0M12 17.25v3.25',
  microphoneOff:
    'M14.75 8.5V6.25a2.75 2.75 0 0 0-5.26-1.11M9.25 9.25v2a2.75 2.75 0 0 0 4.3 2.28M5.75 11a6.25 6.25 0 0 0 9.8 5.12M18.25 11a6.2 6.2 0 0 1-.6 2.66M12 17.25v3.25M4 4l16 16',
  keypad: 'M6 5.5h.01M12 5.5h.01M18 5.5h.01M6 12h.01M12 12h.01M18 12h.01M6 18.5h.01M12 18.5h.01M18 18.5h.01',
  sound: 'M4 9.75v4.5h3l4.25 3.5V6.25L7 9.75H4ZM15 9.25a4 4 0 0 1 0 5.5M17.75 6.75a7.5 7.5 0 0 1 0 10.5',
  add: 'M10 11.25a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5ZM3.75 19.25a6.25 6.25 0 0 1 12.5 0M18.5 8v5M16 10.5h5',
  people:
    'M9.25 11.25a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5ZM3 19.25a6.25 6.25 0 0 1 12.5 0M15.5 4.95a3.25 3.25 0 0 1 0 6.1M18 14.25a6.25 6.25 0 0 1 3 5',
  copy: 'M9 9h9.5v10.5H9ZM5.5 15V4.5H15',
  check: 'M5 12.5 10 17.5 19.5 7',
  cross: 'M6 6l12 12M18 6 6 18',
  repeat: 'M4.5 11V9.5a3 3 0 0 1 3-3h11M15.5 3.5l3 3-3 3M19.5 13v1.5a3 3 0 0 1-3 3h-11M8.5 20.5l-3-3 3-3',
  list: 'M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.01M4.5 12h.01M4.5 17.5h.01',
  wave: 'M4 10.5v3M8 7v10M12 4v16M16 8v8M20 10.5v3',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1',
  pause: 'M8.5 5v14M15.5 5v14',
  play: 'M8 5.25v13.5L18.75 12Z',
  waiting: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM12 7.5V12l3 2',
  back: 'M9.5 6.5 4.5 11.5l5 5M5 11.5h9a5 5 0 0 1 5 5v1',
  exit: 'M14 4.5H6v15h8M10.5 12H20M16.5 8.5 20 12l-3.5 3.5',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
