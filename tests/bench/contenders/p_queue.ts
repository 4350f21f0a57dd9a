import PQueue from "npm:p-queue@10.0.0";
import type { Contender } from "../contender.ts";
import { Tally } from "../tally.ts";

/** Passes on signals that others make, and has no cleanup. */
export const pQueue: Contender = {
  name: "p-queue",
  cancels: true,
  works: {
    A: finish,
    async B(count, allWait) {
      const tally = new Tally();
      const queue = new PQueue();
      const controllers: AbortController[] = [];
      const promises = [];
      for (let i = 0; i < count; i++) {
        const controller = new AbortController();
        controllers.push(controller);
        promises.push(
          queue.add(({ signal }) => tally.untilAborted(signal!), {
            signal: controller.signal,
          }),
        );
      }
      allWait();
      const reason = new DOMException("Stopped", "AbortError");
      for (const controller of controllers) controller.abort(reason);
      await Promise.allSettled(promises);
      return tally.finished;
    },
    C: finish,
    async "C'"(count) {
      const tally = new Tally();
      const queue = new PQueue();
      const promises = [];
      for (let i = 0; i < count; i++) {
        promises.push(queue.add(tally.synchronous));
      }
      await Promise.allSettled(promises);
      return tally.finished;
    },
  },
};

async function finish(count: number): Promise<number> {
  const tally = new Tally();
  const queue = new PQueue();
  const promises = [];
  for (let i = 0; i < count; i++) promises.push(queue.add(tally.instant));
  await Promise.allSettled(promises);
  return tally.finished;
}
