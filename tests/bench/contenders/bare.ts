import type { Contender } from "../contender.ts";
import { Tally } from "../tally.ts";

/** The promises and signals that everything else is built on. */
export const bare: Contender = {
  name: "bare",
  cancels: true,
  works: {
    A: finish,
    async B(count, allWait) {
      const tally = new Tally();
      const controllers = [];
      const promises = [];
      for (let i = 0; i < count; i++) {
        const controller = new AbortController();
        controllers.push(controller);
        promises.push(tally.untilAborted(controller.signal));
      }
      const all = Promise.allSettled(promises);
      allWait();
      // One for all: without it, each makes one of its own.
      const reason = new DOMException("Stopped", "AbortError");
      for (const controller of controllers) controller.abort(reason);
      await all;
      return tally.finished;
    },
    async "B'"(count, allWait) {
      const resolves: (() => void)[] = [];
      const promises = [];
      for (let i = 0; i < count; i++) {
        promises.push(new Promise<void>((resolve) => resolves.push(resolve)));
      }
      const all = Promise.allSettled(promises);
      allWait();
      for (const resolve of resolves) resolve();
      return (await all).length;
    },
    C: finish,
    async "C'"(count) {
      const tally = new Tally();
      const results = [];
      for (let i = 0; i < count; i++) results.push(tally.synchronous());
      await Promise.allSettled(results);
      return tally.finished;
    },
    async D(count) {
      const tally = new Tally();
      for (let i = 0; i < count; i++) await tally.instant();
      for (let i = 0; i < count; i++) await tally.instant();
      for (let i = 0; i < count; i++) await tally.instant();
      return tally.finished / 3;
    },
  },
};

async function finish(count: number): Promise<number> {
  const tally = new Tally();
  const promises = [];
  for (let i = 0; i < count; i++) promises.push(tally.instant());
  await Promise.allSettled(promises);
  return tally.finished;
}
