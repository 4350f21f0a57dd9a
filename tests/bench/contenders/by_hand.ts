import type { Contender } from "../contender.ts";
import { Tally } from "../tally.ts";

/**
 * What does the same without a manager, and without all that can go wrong: it
 * starts tasks in turn, runs them side by side, cleans up in turn, and notes
 * when each stage began and ended, and how.
 */
export const byHand: Contender = {
  name: "by hand",
  cancels: false,
  works: {
    async D(count) {
      const tally = new Tally();
      const tasks: Task[] = [];
      for (let i = 0; i < count; i++) tasks.push({ stages: [] });
      let at = performance.now();
      const call = async (task: Task, name: string) => {
        const stage: Stage = { name, startedAt: at, endedAt: 0, outcome: "" };
        task.stages.push(stage);
        try {
          await tally.instant();
          stage.outcome = "clean";
        } catch {
          stage.outcome = "failed";
        }
        stage.endedAt = at = performance.now();
      };
      for (const task of tasks) await call(task, "initialize");
      await Promise.allSettled(tasks.map((task) => call(task, "execute")));
      for (const task of tasks.reverse()) await call(task, "cleanup");
      return tally.finished / 3;
    },
  },
};

interface Task {
  readonly stages: Stage[];
}

interface Stage {
  readonly name: string;
  readonly startedAt: number;
  endedAt: number;
  outcome: string;
}
