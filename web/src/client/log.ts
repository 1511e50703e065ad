// Logging as @azure/logger does it: one level for all, one function that can
// be replaced.

export type AzureLogLevel = 'verbose' | 'info' | 'warning' | 'error';

const severities: Record<AzureLogLevel, number> = { verbose: 0, info: 1, warning: 2, error: 3 };

let threshold: AzureLogLevel | undefined;

/** Logs from this level up; undefined, the default, logs nothing. */
export function setLogLevel(level?: AzureLogLevel): void {
  threshold = level;
}

export function getLogLevel(): AzureLogLevel | undefined {
  return threshold;
}

export interface AzureLogger {
  verbose(...args: unknown[]): void;
  info(...args: unknown[]): void;
  warning(...args: unknown[]): void;
  error(...args: unknown[]): void;
}

/** Where all logging ends. Replace `AzureLogger.log` to send it elsewhere. */
export const AzureLogger = {
  log: (...args: unknown[]): void => console.log(...args),
};

/** A logger whose lines begin with `botd:<name>:<level>`. */
export function createClientLogger(name: string): AzureLogger {
  const at =
    (level: AzureLogLevel) =>
    (...args: unknown[]): void => {
      if (threshold === undefined || severities[level] < severities[threshold]) return;
      AzureLogger.log(`botd:${name}:${level}`, ...args);
    };
  return { verbose: at('verbose'), info: at('info'), warning: at('warning'), error: at('error') };
}
