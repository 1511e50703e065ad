interface Connection extends EventTarget {
  type?: string;
}

/** Tells when the device is online again, or in a network of another kind. Returns what ends that. */
export function watchNetwork(changed: () => void): () => void {
  const connection = (globalThis.navigator as { connection?: Connection } | undefined)?.connection;
  let kind = connection?.type;
  // The event also comes with each new estimate of the speed.
  const look = (): void => {
    if (connection?.type === kind) return;
    kind = connection?.type;
    if (kind !== 'none') changed();
  };
  globalThis.addEventListener?.('online', changed);
  connection?.addEventListener?.('change', look);
  return () => {
    globalThis.removeEventListener?.('online', changed);
    connection?.removeEventListener?.('change', look);
  };
}
