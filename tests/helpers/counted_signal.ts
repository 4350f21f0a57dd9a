/** A signal that knows how many abort listeners it has. */
export interface CountedSignal {
  readonly signal: AbortSignal;
  readonly listeners: () => number;
  readonly abort: (reason?: unknown) => void;
}

export function countedSignal(): CountedSignal {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners.add(args[1]);
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners.delete(args[1]);
    remove(...args);
  };
  return {
    signal,
    listeners: () => listeners.size,
    abort: (reason) => controller.abort(reason),
  };
}
