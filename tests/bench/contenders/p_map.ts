import { pMapSettled } from "npm:p-map@7.1.1";
import type { Contender } from "../contender.ts";
import { Tally } from "../tally.ts";

/** Takes all tasks at once, has no way to tell one to stop, and no cleanup. */
export const pMapped: Contender = {
  name: "p-map",
  cancels: false,
  works: {
    async A(count) {
      const tally = new Tally();
      const tasks = Array.from({ length: count }, () => tally.instant);
      await pMapSettled(tasks, (task) => task());
      return tally.finished;
    },
  },
};
