// The module of a worker.
import type { TaskContext } from "@goasync/core";
import { type ExposedSource, exposeTask } from "@goasync/core/tasks/worker";

/** What the worker is sent. */
export interface Numbers {
  readonly numbers: readonly number[];
}

const source: ExposedSource<Numbers> = {
  create: ({ numbers }) => ({ note, done }: TaskContext) => {
    note("sum", { sum: numbers.reduce((sum, number) => sum + number, 0) });
    return done;
  },
};
exposeTask<Numbers>(source);
