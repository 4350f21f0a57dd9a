/** A signal that tells who listens to it. */
export interface SpiedSignal {
  readonly signal: AbortSignal;
  /** How many listeners it has. */
  readonly listeners: () => number;
  /** How many listeners were ever added. */
  readonly added: () => number;
}

/** Counts the listeners that are added to a signal from now on. */
export function spied(signal: AbortSignal): SpiedSignal {
  const listeners = new Set<unknown>();
  let added = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (
    ...args: Parameters<AbortSignal["addEventListener"]>
  ) => {
    listeners.add(args[1]);
    added++;
    add(...args);
  };
  signal.removeEventListener = (
    ...args: Parameters<AbortSignal["removeEventListener"]>
  ) => {
    listeners.delete(args[1]);
    remove(...args);
  };
  return { signal, listeners: () => listeners.size, added: () => added };
}
