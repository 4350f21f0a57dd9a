// The module of a worker, as TypeScript.
import { exposeTask } from "@goasync/core/tasks/worker";

/** What the worker is to do. */
export interface WorkerData {
  readonly spins: boolean;
}

exposeTask({
  create: ({ spins }: WorkerData) => ({
    initialize: ({ name, note }) => note(`initializes ${name}`),
    execute({ note, done }) {
      note("executes");
      while (spins);
      return done;
    },
    drain: ({ draining, note }) => note(`drains by ${draining.reason.message}`),
    cleanup: ({ note }) => note("cleans up"),
  }),
});
