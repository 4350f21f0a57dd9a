import {
  type ForkedContext,
  type Task,
  type TaskContext,
  type TaskError,
  type TaskHandle,
  TaskManager,
  type TaskManagerOptions,
} from "@goasync/core";
import { forceStop } from "@goasync/core/tasks/force-stop";
import { interruptible } from "@goasync/core/tasks/interruptible";
import { supervise } from "@goasync/core/tasks/supervise";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { FakeProcess } from "../helpers/fake_process.ts";
import { running } from "../helpers/running.ts";
import { stuck } from "../helpers/stuck.ts";
import { pass } from "../helpers/pass.ts";
import { userForceStop, userInterruptible } from "../helpers/user_wrappers.ts";

const LIMIT = 20;

/** A task whose stages are those of another, with another context. */
function withContexts(
  task: Task,
  of: (context: TaskContext) => TaskContext,
): Task {
  return {
    initialize: (context) => task.initialize?.(of(context)),
    execute: (context) => task.execute?.(of(context)),
    drain: (context) => task.drain?.(of(context)),
    cleanup: (context) => task.cleanup?.(context),
  };
}

/** The same with one fork from its initialize on. */
function forked(task: Task): Task {
  let fork: ForkedContext;
  return withContexts(task, (context) => fork ??= context.fork());
}

/** The ways in which a manager becomes a task of another. */
const WRAPPERS: readonly {
  readonly how: string;
  readonly wrap: (inner: TaskManager) => Task;
}[] = [
  { how: "its asTask() alone", wrap: (inner) => inner.asTask() },
  {
    how: "around its asTask()",
    wrap: (inner) => withContexts(inner.asTask(), (context) => context),
  },
  {
    how: "around its asTask(), with context.with({ signal })",
    wrap: (inner) =>
      withContexts(
        inner.asTask(),
        (context) => context.with({ signal: context.signal }),
      ),
  },
  {
    how: "around its asTask(), with a fork",
    wrap: (inner) => forked(inner.asTask()),
  },
  {
    how: "around its asTask(), with a fork in each stage",
    wrap: (inner) => withContexts(inner.asTask(), (context) => context.fork()),
  },
  {
    how: "that runs it with the context",
    wrap: (inner) => ({ execute: (context) => inner.run(context) }),
  },
  {
    how: "that runs and drains it with the context",
    wrap: (inner) => ({
      execute: (context) => inner.execute(context),
      drain: (context) => inner.drain(context),
    }),
  },
  {
    how: "that runs it with context.with({ signal })",
    wrap: (inner) => ({
      execute: (context) => inner.run(context.with({ signal: context.signal })),
    }),
  },
  {
    how: "that runs it with a fork",
    wrap: (inner) => ({ execute: (context) => inner.run(context.fork()) }),
  },
  {
    how: "interruptible()",
    wrap: (inner) => interruptible(["SIGHUP"], inner.asTask()),
  },
  {
    how: "interruptible() as a user writes it",
    wrap: (inner) => userInterruptible(["SIGHUP"], inner.asTask()),
  },
  {
    how: "supervise({ create })",
    wrap: (inner) => supervise({ create: () => inner }),
  },
];

/** The context with a signal that never aborts. */
function deaf(context: TaskContext): TaskContext {
  return context.with({ signal: new AbortController().signal });
}

/** What limits how long that task may take to stop. */
const LIMITS: readonly {
  readonly what: string;
  readonly add: (task: Task) => TaskManager;
}[] = [
  {
    what: "forceStop()",
    add: (task) => managerOf(forceStop(LIMIT, task)),
  },
  {
    what: "forceStop() as a user writes it",
    add: (task) => managerOf(userForceStop(LIMIT, task)),
  },
  {
    what: "its stopTimeout",
    add: (task) => managerOf(task, { stopTimeout: LIMIT }),
  },
  {
    what: "the shutdownTimeout",
    add: (task) => managerOf(task, { shutdownTimeout: LIMIT }),
  },
];

function managerOf(
  task: Task,
  options: TaskManagerOptions = {},
): TaskManager {
  const manager = new TaskManager(options);
  manager.addTask("inner", task);
  return manager;
}

/** Asserts that the child was named by its whole path, stopped and left. */
function assertNamed(
  errors: TaskError[],
  inner: TaskManager,
  child: TaskHandle,
): void {
  const named = errors.find(({ path }) => path.join("/") === "inner/stuck");
  assert(named, `of ${errors.map(({ message }) => message).join("; ")}`);
  assertStringIncludes(named.message, 'Task "inner/stuck"');
  assertEquals(inner.state, "finished");
  assert(child.state === "abandoned" || child.state === "timed-out");
}

for (const { what, add } of LIMITS) {
  describe(`${what} names a stuck child behind a wrapper`, () => {
    const wrappers = [...WRAPPERS, {
      how: "that runs it with a signal that never aborts",
      wrap: (inner: TaskManager): Task => ({
        execute: (context) => inner.run(deaf(context)),
      }),
    }];
    for (const { how, wrap } of wrappers) {
      it(how, async () => {
        using _os = new FakeProcess();
        using time = new FakeTime();
        const inner = new TaskManager();
        const child = inner.addTask("stuck", { execute: stuck });
        const manager = add(wrap(inner));
        const errors = manager.runSettled();
        await time.runMicrotasks();
        manager.stop();
        assert(child.state === "executing");
        await pass(time, LIMIT - 1);
        assertEquals(manager.state, "stopping");
        await pass(time, 1);
        assertNamed(await errors, inner, child);
      });
    }
  });
}

describe("the shutdownTimeout names a child behind a wrapper that is stuck in", () => {
  for (const stage of ["initialize", "cleanup"] as const) {
    for (const { how, wrap } of WRAPPERS) {
      it(`${stage}: ${how}`, async () => {
        using _os = new FakeProcess();
        using time = new FakeTime();
        const inner = new TaskManager();
        inner.addTask("stuck", { [stage]: stuck });
        const manager = managerOf(wrap(inner), { shutdownTimeout: LIMIT });
        const errors = manager.runSettled();
        await time.runMicrotasks();
        manager.stop();
        await pass(time, LIMIT - 1);
        assert(manager.state !== "finished");
        await pass(time, 1);
        const named = (await errors).find(({ path }) =>
          path.join("/") === "inner/stuck"
        );
        assertStringIncludes(named?.message ?? "", `timed out in ${stage}`);
        assertEquals(inner.state, "finished");
      });
    }
  }
});

describe("a stuck child is named", () => {
  it("by its whole path, however deep it is", async () => {
    for (const { add } of LIMITS) {
      using time = new FakeTime();
      const [middle, inner] = [new TaskManager(), new TaskManager()];
      const child = inner.addTask("stuck", { execute: stuck });
      middle.addTask("inner", {
        execute: (context) => inner.run(context.fork()),
      });
      const manager = add(forked(middle.asTask()));
      const errors = manager.runSettled();
      await time.runMicrotasks();
      manager.stop();
      await pass(time, LIMIT);
      const paths = (await errors).map(({ path }) => path.join("/"));
      assert(paths.includes("inner/inner/stuck"), paths.join());
      assertEquals([middle.state, inner.state], ["finished", "finished"]);
      assertEquals(child.state, "abandoned");
    }
  });

  it("by a limit though its wrapper gave it a signal that never aborts", async () => {
    for (const limit of ["stopTimeout", "shutdownTimeout", "cleanupTimeout"]) {
      using time = new FakeTime();
      const inner = new TaskManager();
      const child = inner.addTask("stuck", { execute: stuck });
      const task = withContexts(inner.asTask(), deaf);
      // Only its cleanup tells it then, which needs a limit of its own.
      const isLeftBefore = limit === "cleanupTimeout";
      const manager = managerOf(isLeftBefore ? forceStop(1, task) : task, {
        [limit]: LIMIT,
      });
      const errors = manager.runSettled();
      await time.runMicrotasks();
      manager.stop();
      if (isLeftBefore) await pass(time, 1);
      await pass(time, LIMIT);
      assertNamed(await errors, inner, child);
    }
  });

  it("at once, if its wrapper does not wait for it", async () => {
    const inner = new TaskManager();
    const child = inner.addTask("stuck", { execute: stuck });
    const manager = managerOf({
      execute: (context) => {
        void inner.run(context);
        return context.done;
      },
    });
    const { errors } = await running(manager);
    manager.stop();
    assertNamed(await errors, inner, child);
  });
});
