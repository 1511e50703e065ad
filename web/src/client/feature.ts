import type { CallObject } from './call';

/** Makes a feature of a call; what `Features` holds. */
export interface FeatureFactory<F> {
  readonly name: string;
  /** @internal */
  create(call: CallObject): F;
}

/** A feature of one call. */
export interface CallFeature {
  readonly name: string;
  dispose(): void;
}
