import { startIdleTimer } from "./idle_timer.ts";
import { catchSignals } from "./os_signals.ts";
import type { OsSignal } from "./signal_names.ts";

/** What is done on a key press, or whatever else sent an OS signal. */
export interface KeyPressListener {
  /** Is called on the first. */
  first(name: OsSignal): void;
  /** Is called on each after the grace of the first. */
  next(name: OsSignal): void;
}

/** OS signals that are caught. */
export interface KeyPresses {
  /** Resolves when what arrives is not the first key press any more. */
  graceIsOver(): Promise<void>;
  /** Catches none any more. */
  end(): void;
}

/**
 * Catches OS signals as a person meant them: for a while after the first, more
 * of them are the same key press, which shells, package managers, watchers and
 * process runners have passed on once more.
 */
export function catchKeyPresses(
  names: readonly OsSignal[],
  grace: number,
  listener: KeyPressListener,
): KeyPresses {
  let isFirst = true;
  let isGrace = false;
  let endTimer = () => {};
  // What arrived while the event loop was blocked is heard before the second.
  const startGrace = () => {
    isGrace = true;
    endTimer = startIdleTimer(grace, () => {
      endTimer = startIdleTimer(1, () => isGrace = false);
    });
  };
  const unsubscribe = catchSignals(names, (name) => {
    if (isGrace) return;
    if (!isFirst) return listener.next(name);
    isFirst = false;
    startGrace();
    listener.first(name);
  });
  return {
    async graceIsOver() {
      while (isGrace) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    end() {
      unsubscribe();
      endTimer();
    },
  };
}
