/**
 * Makes a feature of a call; what `Features` holds. It is `Call.feature` that makes one: nobody
 * else has the call that it takes.
 */
export interface FeatureFactory<F> {
  readonly name: string;
  /** @internal */
  create(call: never): F;
}

/** A feature of one call. */
export interface CallFeature {
  readonly name: string;
  dispose(): void;
}
