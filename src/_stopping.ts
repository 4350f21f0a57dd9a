import type { Entry } from "./_entry.ts";
import { notifyAll } from "./_notify_all.ts";
import type { Stop } from "./_stoppable.ts";
import { startTimer } from "./_time.ts";

/**
 * Stops those who were not told before: they are told, those who want to drain
 * have their time, then every signal aborts, and each has its time to end.
 */
export function stopAll(
  entries: readonly Entry[],
  reason: unknown,
  isCancel = false,
): void {
  const stop: Stop = {
    reason,
    isCancel,
    isAborted: false,
    abort() {
      if (stop.isAborted) return;
      stop.isAborted = true;
      notifyAll(entries, stop);
    },
  };
  const drainers: Entry[] = [];
  for (const entry of entries) {
    entry.stop ??= stop;
    if (entry.stop === stop && entry.wantsToDrain()) drainers.push(entry);
  }
  let draining = drainers.length;
  if (draining === 0) return stop.abort?.();
  for (const entry of drainers) {
    const stopTimer = startTimer(entry.terms.drainTimeout, () => entry.watch());
    entry.watch(() => {
      stopTimer();
      if (--draining === 0) stop.abort?.();
    });
  }
  notifyAll(entries, stop);
}
