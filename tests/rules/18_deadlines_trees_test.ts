import { type Task, type TaskContext, TaskManager } from "@goasync/core";
import { forceStop } from "@goasync/core/tasks";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { stuck } from "../helpers/stuck.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { leaves } from "../helpers/leaves.ts";
import { started } from "../helpers/timeouts.ts";

/** A signal that aborts with another one, as a wrapper makes one. */
function following(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  signal.addEventListener("abort", () => controller.abort(signal.reason));
  return controller.signal;
}

/** A task whose stages are given another context. */
function withOther(
  task: Task,
  other: (context: TaskContext) => TaskContext,
): Task {
  const wrapped: Task = {};
  for (const stage of ["initialize", "execute", "drain", "cleanup"] as const) {
    const call = task[stage]?.bind(task);
    if (call) wrapped[stage] = (context) => call(other(context));
  }
  return wrapped;
}

/** How a manager runs in a task of another, behind wrappers or not. */
const WAYS: readonly {
  readonly how: string;
  /** Whether the task has a cleanup besides those of the manager. */
  readonly isWrapped?: true;
  readonly taskOf: (inner: TaskManager) => Task;
}[] = [
  {
    how: "as an execute task",
    taskOf: (inner) => withOther(inner, (it) => it),
  },
  { how: "as a task", taskOf: (inner) => inner.asTask() },
  {
    how: "run with the context of a task",
    taskOf: (inner) => ({ execute: (context) => inner.run(context) }),
  },
  {
    isWrapped: true,
    how: "behind a wrapper that calls with()",
    taskOf: (inner) =>
      withOther(
        inner.asTask(),
        (context) => context.with({ signal: following(context.signal) }),
      ),
  },
  {
    isWrapped: true,
    how: "behind a wrapper that calls fork()",
    taskOf: (inner) => withOther(inner.asTask(), (context) => context.fork()),
  },
  {
    isWrapped: true,
    how: "behind two wrappers",
    taskOf: (inner) =>
      withOther(
        withOther(inner.asTask(), (context) => context.fork()),
        (context) => context.with({ draining: following(context.draining) }),
      ),
  },
];

for (const { how, taskOf, isWrapped } of WAYS) {
  describe(`rule 18: a manager within that overruns a limit, ${how}`, () => {
    it("ends in the turn in which the shutdownTimeout is over, and is named by its whole path", async () => {
      using time = new FakeTime();
      using timers = new CountedTimers();
      const inner = new TaskManager();
      inner.addTask("first", { cleanup: () => {} });
      inner.addTask("stuck", { execute: stuck });
      const manager = new TaskManager({ shutdownTimeout: 100 });
      manager.addTask("inner", taskOf(inner));
      const { errors } = await started(manager, time);
      manager.stop();
      await pass(time, 99);
      assertEquals([manager.state, inner.state], ["stopping", "stopping"]);
      time.tick(1);
      assertEquals([manager.state, inner.state], ["finished", "finished"]);
      assertEquals(leaves(await errors), [
        "inner/stuck execute TIMEOUT",
        "inner/first cleanup TIMEOUT",
        ...(isWrapped ? ["inner cleanup TIMEOUT"] : []),
      ]);
      assertEquals(timers.running, 0);
    });

    it("ends in the turn in which its task is left behind, and is named by its whole path", async () => {
      using time = new FakeTime();
      const inner = new TaskManager();
      inner.addTask("stuck", { execute: stuck });
      const manager = new TaskManager();
      manager.addTask("inner", taskOf(inner), { stopTimeout: 100 });
      const { errors } = await started(manager, time);
      manager.stop();
      await pass(time, 99);
      assertEquals(inner.state, "stopping");
      time.tick(1);
      assertEquals(inner.state, "finished");
      const [error, ...others] = await errors;
      assertEquals(others, []);
      assertEquals(error?.path, ["inner", "stuck"]);
      assertEquals(leaves([error!]), ["inner/stuck execute TIMEOUT"]);
    });
  });
}

describe("rule 18: shutdownTimeout and managers within", () => {
  it("gives up initializes, executes, drains and cleanups of all of them in one turn", async () => {
    using time = new FakeTime();
    const stages = ["initialize", "execute", "drain", "cleanup"] as const;
    const managers = stages.map((stage) => {
      const inner = new TaskManager();
      inner.addTask("ended", { cleanup: () => {} });
      inner.addTask("leaf", { [stage]: stuck });
      return inner;
    });
    const manager = new TaskManager({
      shutdownTimeout: 100,
    });
    stages.forEach((stage, index) => {
      const inner = managers[index]!;
      manager.addExecuteTask(`in ${stage}`, inner);
    });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 50); // Drains end.
    await pass(time, 49);
    assertEquals(
      managers.map(({ state }) => state),
      ["stopping", "stopping", "stopping", "cleaning-up"],
    );
    time.tick(1);
    for (const each of [manager, ...managers]) {
      assertEquals(each.state, "finished");
    }
    assertEquals(leaves(await errors), [
      "in initialize/leaf initialize TIMEOUT",
      "in initialize/ended cleanup TIMEOUT",
      "in execute/leaf execute TIMEOUT",
      "in execute/ended cleanup TIMEOUT",
      "in drain/leaf drain TIMEOUT",
      "in drain/ended cleanup TIMEOUT",
      "in cleanup/leaf cleanup TIMEOUT",
      "in cleanup/ended cleanup TIMEOUT",
    ]);
  });

  it("says of a cleanup of a manager within that it was not begun, and why", async () => {
    using time = new FakeTime();
    const inner = new TaskManager();
    inner.addTask("ended", { cleanup: () => {} });
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("inner", inner.asTask());
    manager.addTask("stuck", { execute: stuck });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 100);
    assertEquals((await errors).map(({ message }) => message), [
      'Task "stuck" timed out in execute: shutdownTimeout of 100 ms is over',
      'Task "inner/ended" timed out in cleanup: Not begun: shutdownTimeout of 100 ms is over',
    ]);
  });

  it("of a manager within ends that one alone, and its errors are those of its task", async () => {
    using time = new FakeTime();
    const ends = gate();
    const inner = new TaskManager({ shutdownTimeout: 100 });
    inner.addTask("stuck", { execute: stuck });
    const manager = new TaskManager();
    manager.addExecuteTask("inner", inner);
    const other = manager.addTask("other", { execute: () => ends.reached });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 99);
    assertEquals(inner.state, "stopping");
    time.tick(1);
    assertEquals(inner.state, "finished");
    await pass(time, 1_000);
    assertEquals([manager.state, other.state], ["stopping", "executing"]);
    ends.open();
    assertEquals(leaves(await errors), ["inner/stuck execute TIMEOUT"]);
  });

  it("counts for a manager within from when it is told, also while it is held up", async () => {
    using time = new FakeTime();
    const drains = gate();
    const inner = new TaskManager({ shutdownTimeout: 100 });
    inner.addTask("waiting", { cleanup: () => {} });
    const manager = new TaskManager();
    manager.addTask("draining", { drain: () => drains.reached });
    manager.addExecuteTask("inner", inner);
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 99);
    assertEquals([inner.state, manager.state], ["draining", "draining"]);
    time.tick(1);
    assertEquals(inner.state, "finished");
    drains.open();
    assertEquals(leaves(await errors), [
      "inner/waiting execute TIMEOUT",
      "inner/waiting cleanup TIMEOUT",
    ]);
  });

  it("names what a wrapper has left behind: a stuck child in forceStop", async () => {
    using time = new FakeTime();
    const inner = new TaskManager();
    const child = inner.addTask("stuck", { execute: stuck });
    const manager = new TaskManager();
    manager.addTask("inner", forceStop(20, inner.asTask()));
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 19);
    assertEquals(inner.state, "stopping");
    await pass(time, 1);
    assertEquals(leaves(await errors), [
      "inner execute FAILED",
      "inner/stuck execute TIMEOUT",
    ]);
    assertEquals([inner.state, child.state], ["finished", "abandoned"]);
  });
});
