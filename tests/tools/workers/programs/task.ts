// The task of a worker, which does what it is told by its data.
import { type Task, type TaskContext, TaskManager } from "@goasync/core";
import { exposeTask } from "@goasync/core/tasks/worker";

type Mode = (context: TaskContext) => unknown;

function spin(): never {
  while (true);
}

function later(fail: () => void): Mode {
  return ({ done }) => {
    setTimeout(fail, 1);
    return done;
  };
}

const EXECUTE: Readonly<Record<string, Mode>> = {
  spins: spin,
  throws() {
    const refused = Object.assign(new Error("refused"), { code: "ECONN" });
    const cause = new RangeError("too far", { cause: { port: 1 } });
    throw new AggregateError([refused, "a string"], "both", { cause });
  },
  async throwsReason({ done, signal }) {
    await done;
    throw signal.reason;
  },
  uncaught: later(() => {
    throw new TypeError("nobody catches", { cause: new Error("deep") });
  }),
  rejects: later(() => {
    Promise.reject(
      new TypeError("nobody awaits", { cause: new Error("deep") }),
    );
  }),
  exits: later(() => {
    const { process, close } = globalThis as {
      process?: { exit(code: number): void };
      close?: () => void;
    };
    if (process) process.exit(7);
    else close?.();
  }),
};

/** A manager with two tasks, one of which fails when it is told to stop. */
function managed(): TaskManager {
  const manager = new TaskManager();
  manager.addTask("pool", {
    initialize: ({ note }) => note("opens"),
    cleanup: ({ note }) => note("closes"),
  });
  manager.addTask("consumer", {
    drain: ({ note }) => note("drains"),
    async execute({ note, done }) {
      note("executes");
      await done;
      throw new Error("lost");
    },
  });
  return manager;
}

function create(mode: string): Task | TaskManager {
  if (mode === "manages") return managed();
  return {
    initialize({ note, name }) {
      if (mode === "spins in initialize") spin();
      note(`initializes ${name}`, { mode, uncloneable: () => {} });
    },
    execute(context) {
      context.note("executes");
      return (EXECUTE[mode] ?? (({ done }) => done))(context);
    },
    drain({ note, draining }) {
      note(`drains by ${draining.reason.message}`);
      if (mode === "spins in drain") spin();
    },
    cleanup({ note, signal }) {
      note(`cleans up, aborted: ${signal.aborted}`);
      if (mode === "spins in cleanup") spin();
      for (let line = 1; line <= 1_000; line++) console.log(`printed ${line}`);
    },
  };
}

exposeTask({ create });
