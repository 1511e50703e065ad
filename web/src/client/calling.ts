// The browser client of botd: what `/client/calling.js` exports. It has the
// names of the Azure Communication Services calling SDK, so that code written
// for that one needs another import and nothing else.

export { CaptionsKind, DiagnosticQuality } from './api_features';
export { CallClient } from './client';
export { AzureCommunicationTokenCredential } from './credential';
export { CommunicationServicesError } from './errors';
export { Features } from './features';
export { createIdentifierFromRawId, getIdentifierRawId } from './identifier';
export { LocalAudioStream } from './local_audio';
export { AzureLogger, createClientLogger, getLogLevel, setLogLevel } from './log';

export type * from './api';
export type * from './api_features';
export type { CallFeature, FeatureFactory } from './feature';
export type { LocalAudioStreamEvents } from './local_audio';
export type { AzureLogLevel } from './log';
export type * from './observable';
export type * from './values';
