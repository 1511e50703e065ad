import { DiagnosticQuality } from './api_features';
import type { DiagnosticFlag, LatestDiagnosticValue } from './api_features';
import { Emitter } from './emitter';

type Changed<T> = LatestDiagnosticValue & { diagnostic: T };

/** What is known of a group of diagnostics. */
export class Findings<T extends string> extends Emitter<{ diagnosticChanged: (args: Changed<T>) => void }> {
  readonly #latest: Partial<Record<T, LatestDiagnosticValue>> = {};

  /** A diagnostic that was never made is missing. */
  getLatest(): Partial<Record<T, LatestDiagnosticValue>> {
    return { ...this.#latest };
  }

  /** Keeps a value and tells if it is new. All being well at first is no news, and undefined is not to know. */
  set(diagnostic: T, value: DiagnosticQuality | DiagnosticFlag | undefined): void {
    const before = this.#latest[diagnostic];
    if (value === undefined || before?.value === value) return;
    const valueType = typeof value === 'boolean' ? 'DiagnosticFlag' : 'DiagnosticQuality';
    this.#latest[diagnostic] = { value, valueType };
    const well = value === false || value === DiagnosticQuality.Good;
    if (before || !well) this.emit('diagnosticChanged', { diagnostic, value, valueType });
  }
}
