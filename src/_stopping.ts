import type { Entry } from "./_entry.ts";
import { notifyAll } from "./_notify_all.ts";
import type { Stop } from "./_stoppable.ts";
import { startTimer } from "./_time.ts";

/**
 * Stops tasks: they are told, those who want to drain have their time, then
 * every signal aborts, and from then on each has its time to end.
 */
export function stopAll(
  entries: readonly Entry[],
  reason: unknown,
  isCancel = false,
): void {
  let draining = 0;
  const stop: Stop = {
    reason,
    isCancel,
    isAborted: false,
    abort() {
      if (stop.isAborted) return;
      stop.isAborted = true;
      for (const entry of entries) {
        if (entry.stage === "execute") entry.limit();
      }
      notifyAll(entries);
    },
  };
  for (const entry of entries) entry.stop = stop;
  for (const entry of entries) {
    if (!entry.wantsToDrain()) continue;
    draining++;
    const stopTimer = startTimer(entry.terms.drainTimeout, () => entry.watch());
    entry.watch(() => {
      stopTimer();
      if (--draining === 0) stop.abort?.();
    });
  }
  if (draining > 0) notifyAll(entries);
  else stop.abort?.();
}
