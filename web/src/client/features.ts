import type {
  CaptionsCallFeature,
  DominantSpeakersCallFeature,
  MediaStatsCallFeature,
  UserFacingDiagnosticsFeature,
} from './api_features';
import type { CallObject } from './call';
import { CaptionsFeature } from './captions';
import { UserFacingDiagnostics } from './diagnostics';
import { DominantSpeakers } from './dominant_speakers';
import type { FeatureFactory } from './feature';
import { MediaStats } from './media_stats';

/** What `call.feature` takes: every feature that works here, and none that does not. */
export const Features: {
  readonly Captions: FeatureFactory<CaptionsCallFeature>;
  readonly DominantSpeakers: FeatureFactory<DominantSpeakersCallFeature>;
  readonly MediaStats: FeatureFactory<MediaStatsCallFeature>;
  readonly UserFacingDiagnostics: FeatureFactory<UserFacingDiagnosticsFeature>;
} = {
  Captions: { name: 'Captions', create: (call: CallObject) => new CaptionsFeature(call) },
  DominantSpeakers: { name: 'DominantSpeakers', create: (call: CallObject) => new DominantSpeakers(call) },
  MediaStats: { name: 'MediaStats', create: (call: CallObject) => new MediaStats(call) },
  UserFacingDiagnostics: { name: 'UserFacingDiagnostics', create: (call: CallObject) => new UserFacingDiagnostics(call) },
};
