import type { UserFacingDiagnosticsFeature } from './api_features';
import type { CallObject } from './call';
import { MediaWatch } from './media_diagnostics';
import { NetworkWatch } from './network_diagnostics';

/** How often things are looked at that tell nothing by themselves, in milliseconds. */
const period = 2_000;

/** Watches one call for what its user should know. */
export class UserFacingDiagnostics implements UserFacingDiagnosticsFeature {
  readonly name = 'UserFacingDiagnostics';
  readonly network: NetworkWatch;
  readonly media: MediaWatch;
  readonly #call: CallObject;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(call: CallObject) {
    this.#call = call;
    this.network = new NetworkWatch(call);
    this.media = new MediaWatch(call);
    this.#timer = setInterval(() => void this.#look().catch(() => undefined), period);
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.network.dispose();
    this.media.dispose();
  }

  async #look(): Promise<void> {
    const stats = await this.#call.vitals.stats();
    this.network.look(stats);
    this.media.look(stats);
  }
}
