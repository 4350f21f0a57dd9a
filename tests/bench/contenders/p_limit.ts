import pLimit from "npm:p-limit@7.3.3";
import type { Contender } from "../contender.ts";
import { Tally } from "../tally.ts";

/** Has no way to tell a function to stop, and no cleanup. */
export const pLimited: Contender = {
  name: "p-limit",
  cancels: false,
  works: {
    A: finish,
    C: finish,
    async "C'"(count) {
      const tally = new Tally();
      const limit = pLimit(Infinity);
      const promises = [];
      for (let i = 0; i < count; i++) promises.push(limit(tally.synchronous));
      await Promise.allSettled(promises);
      return tally.finished;
    },
  },
};

async function finish(count: number): Promise<number> {
  const tally = new Tally();
  const limit = pLimit(Infinity);
  const promises = [];
  for (let i = 0; i < count; i++) promises.push(limit(tally.instant));
  await Promise.allSettled(promises);
  return tally.finished;
}
