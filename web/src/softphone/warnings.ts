// What is wrong with microphone, speaker or network, in words.

import type { LatestMediaDiagnostics, LatestNetworkDiagnostics } from '../client/calling';

type Diagnostic = keyof LatestMediaDiagnostics | keyof LatestNetworkDiagnostics;

export interface Warning {
  diagnostic: Diagnostic;
  text: string;
}

// What matters most comes first.
const warnings: [Diagnostic, string][] = [
  ['noNetwork', 'This computer is offline.'],
  ['microphonePermissionDenied', 'The browser does not let this page use the microphone.'],
  ['noMicrophoneDevicesEnumerated', 'There is no microphone.'],
  ['microphoneNotFunctioning', 'Your microphone has stopped working.'],
  ['microphoneMuteUnexpectedly', 'The system has switched your microphone off.'],
  ['speakingWhileMicrophoneIsMuted', 'You are muted.'],
  ['microphoneNotMuteButSilent', 'Your microphone gives no sound.'],
  ['noSpeakerDevicesEnumerated', 'There is no speaker.'],
];

/** The one thing that the user should know now, if there is any. */
export function warningOf(latest: LatestMediaDiagnostics & LatestNetworkDiagnostics): Warning | undefined {
  const found = warnings.find(([diagnostic]) => latest[diagnostic]?.value === true);
  return found && { diagnostic: found[0], text: found[1] };
}
