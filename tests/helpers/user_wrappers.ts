/** Wrappers as a user writes them, with nothing but the public entries. */

import type { ForkedContext, Task, TaskContext } from "@goasync/core";
import { onSignals, type OsSignal } from "@goasync/core/signals";

/** A task that is given only so long to stop. */
export function userForceStop(ms: number, task: Task): Task {
  return passThrough(task, {
    async execute(context) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((_, reject) => {
        context.signal.addEventListener("abort", () => {
          timer = setTimeout(() => reject(new Error("Too late")), ms);
        });
      });
      try {
        await Promise.race([executed(task, context), late]);
      } finally {
        clearTimeout(timer);
      }
    },
  });
}

/** A task that is stopped, cleaned up and started anew on OS signals. */
export function userInterruptible(names: OsSignal[], task: Task): Task {
  let fork: ForkedContext;
  let isReloading = false;
  let unsubscribe = () => {};

  const begin = async (context: TaskContext) => {
    fork = context.fork();
    await task.initialize?.(fork);
  };
  const reload = async () => {
    isReloading = true;
    fork.drain();
    await task.drain?.(fork);
    fork.stop();
  };
  const end = async (context: TaskContext) => {
    fork[Symbol.dispose]();
    isReloading = false;
    await task.cleanup?.(context);
  };

  return passThrough(task, {
    async initialize(context) {
      unsubscribe = onSignals(names, () => {
        if (!isReloading && !context.draining.aborted) void reload();
      });
      await begin(context);
    },
    async execute(context) {
      while (!context.draining.aborted) {
        if (fork.signal.aborted) {
          const { signal } = new AbortController();
          await end(context.with({ signal, draining: signal }));
          await begin(context);
        } else await executed(task, fork);
      }
    },
    drain: () => task.drain?.(fork),
    async cleanup(context) {
      unsubscribe();
      await end(context);
    },
  });
}

/** A task without an `execute` waits until its signal aborts. */
function executed(task: Task, context: TaskContext): unknown {
  return task.execute ? task.execute(context) : context.done;
}

/** What a wrapper has of its own, and of the task what it leaves alone. */
function passThrough(task: Task, own: Task): Task {
  const wrapped = { ...own };
  wrapped.initialize ??= (context) => task.initialize?.(context);
  wrapped.cleanup ??= (context) => task.cleanup?.(context);
  wrapped.drain ??= (context) => task.drain?.(context);
  // Who has a drain holds the others up.
  if (!task.drain) delete wrapped.drain;
  return wrapped;
}
