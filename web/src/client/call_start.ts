import type { CallInfoObject } from './call_info';
import type { Devices } from './devices';
import type { AzureLogger } from './log';
import type { Signalling } from './signalling';
import type { CallDirection, CallerInfo } from './values';

/** What a call needs from its agent. */
export interface Surroundings {
  signalling: Pick<Signalling, 'request' | 'notify'>;
  devices: Devices;
  iceServers: () => RTCIceServer[];
  log: AzureLogger;
}

export interface CallStart {
  id: string;
  direction: CallDirection;
  callerInfo: CallerInfo;
  info: CallInfoObject;
}
