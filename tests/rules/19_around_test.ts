import {
  type AroundStage,
  type Stage,
  type Task,
  type TaskContext,
  TaskManager,
  type TaskManagerOptions,
} from "@goasync/core";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { stuck } from "../helpers/stuck.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { heard } from "../helpers/heard.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";
import { started } from "../helpers/timeouts.ts";

const STAGES: readonly Stage[] = ["initialize", "execute", "drain", "cleanup"];

type Around = NonNullable<TaskManagerOptions["around"]>;

/** A task with every stage, each of which calls back. */
function everyStage(
  callback: (stage: Stage, context: TaskContext) => unknown,
): Task {
  const task: Task = {};
  for (const stage of STAGES) {
    task[stage] = (context) => {
      const returned = callback(stage, context);
      return stage === "execute" ? returned ?? context.done : returned;
    };
  }
  return task;
}

/** Does something else around one stage, and calls the others as they are. */
function instead(stage: Stage, act: (call: () => unknown) => unknown): Around {
  return (call, around) => around.stage === stage ? act(call) : call();
}

/** Runs a task until it is stopped, with something around its stages. */
async function runWith(around: Around, task: Task) {
  const manager = new TaskManager({ around });
  const handle = manager.addTask("it", task);
  const { errors } = await running(manager);
  await manager.stop("enough");
  return { errors: await errors, outcome: await handle.finished };
}

describe("rule 19: around", () => {
  it("wraps each stage, is told its path and name, and is given its context", async () => {
    const arounds: AroundStage[] = [];
    const contexts: TaskContext[] = [];
    const log: string[] = [];
    const manager = new TaskManager({
      around(call, around) {
        arounds.push(around);
        log.push(`before ${around.stage}`);
        const returned = call();
        log.push(`after ${around.stage}`);
        return returned;
      },
    });
    manager.addTask(
      "it",
      everyStage((stage, context) => {
        contexts.push(context);
        log.push(stage);
      }),
    );
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(
      log,
      STAGES.flatMap((stage) => [`before ${stage}`, stage, `after ${stage}`]),
    );
    assertEquals(arounds.map(({ stage }) => stage), STAGES);
    arounds.forEach(({ path, context }, index) => {
      assertEquals(path, ["it"]);
      assertStrictEquals(context, contexts[index]);
    });
  });

  it("wraps the stages of execute tasks, be they functions or objects", async () => {
    const log: string[] = [];
    const manager = new TaskManager({
      around(call, { path, stage }) {
        log.push(`${path} ${stage}`);
        return call();
      },
    });
    manager.addExecuteTask("function", untilStopped);
    const { errors } = await running(manager);
    manager.addExecuteTask("object", { execute: untilStopped, drain() {} });
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["function execute", "object execute", "object drain"]);
  });

  it("wraps a stage that the task leaves out, but no drain", async () => {
    const log: string[] = [];
    const manager = new TaskManager({
      around(call, { path, stage }) {
        log.push(`${path} ${stage}`);
        return call();
      },
    });
    const handle = manager.addTask("it", { initialize() {} });
    const { errors } = await running(manager);
    assertEquals(handle.state, "executing");
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["it initialize", "it execute", "it cleanup"]);
  });

  it("is called after the event of the beginning, and before that of the end", async () => {
    const manager = new TaskManager({
      around(call, { stage }) {
        log.push(`around ${stage}`);
        return call();
      },
    });
    const log = heard(manager);
    manager.addTask("it", { initialize() {} });
    const { errors } = await running(manager);
    assertEquals(log.slice(1, 4), [
      "/it initialize starts",
      "around initialize",
      "/it initialize ends clean",
    ]);
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("is told the whole path within other managers, and is not asked about theirs", async () => {
    const log: string[] = [];
    const around: Around = (call, { path, stage }) => {
      log.push(`${path.join("/")} ${stage}`);
      return call();
    };
    const inner = new TaskManager({ around });
    inner.addTask("leaf", { initialize() {} });
    const other = new TaskManager();
    other.addTask("unheard", { initialize() {} });
    const middle = new TaskManager();
    middle.addTask("inner", inner.asTask());
    const manager = new TaskManager({ around });
    manager.addExecuteTask("middle", middle);
    manager.addExecuteTask("other", other);
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, [
      "middle execute",
      "other execute",
      "middle/inner/leaf initialize",
      "middle/inner/leaf execute",
      "middle/inner/leaf cleanup",
    ]);
  });

  for (const stage of STAGES) {
    it(`has ${stage} last as long as what it returns`, async () => {
      const ends = gate();
      const manager = new TaskManager({
        around: instead(stage, async (call) => {
          await call();
          await ends.reached;
        }),
      });
      manager.addTask("it", everyStage(() => {}));
      const log = heard(manager);
      const { errors } = await running(manager);
      manager.stop("enough");
      await microtasks();
      const end = `/it ${stage} ends clean`;
      assertEquals(log.includes(end), false);
      ends.open();
      assertEquals(await errors, []);
      assertEquals(log.includes(end), true);
    });

    it(`has ${stage} fail with what it throws, at once or later`, async () => {
      const thrown = new Error("no trace");
      for (
        const act of [() => {
          throw thrown;
        }, () => Promise.reject(thrown)]
      ) {
        const called: Stage[] = [];
        const { errors } = await runWith(
          instead(stage, act),
          everyStage((stage) => void called.push(stage)),
        );
        assertEquals(summary(errors), [`it ${stage} FAILED`]);
        assertStrictEquals(errors[0]?.cause, thrown);
        assertEquals(called.includes(stage), false);
      }
    });

    it(`may keep to itself what ${stage} throws`, async () => {
      const thrown = new Error("broken");
      const caught: unknown[] = [];
      const { errors } = await runWith(
        instead(stage, async (call) => {
          try {
            await call();
          } catch (error) {
            caught.push(error);
          }
        }),
        everyStage((each, { done }) => {
          if (each !== stage) return;
          if (stage !== "execute") throw thrown;
          return done.then(() => Promise.reject(thrown));
        }),
      );
      assertEquals(errors, []);
      assertEquals(caught, [thrown]);
    });
  }

  it("hands on what a stage throws, unchanged", async () => {
    const thrown = { odd: true };
    for (const stage of STAGES) {
      const { errors } = await runWith(
        (call) => call(),
        everyStage((each) => {
          if (each === stage) throw thrown;
        }),
      );
      assertEquals(summary(errors), [`it ${stage} FAILED`]);
      assertStrictEquals(errors[0]?.cause, thrown);
    }
  });

  it("may leave a stage uncalled, which has ended when it returns", async () => {
    const called: Stage[] = [];
    const manager = new TaskManager({ around: () => {} });
    const handle = manager.addTask(
      "it",
      everyStage((stage) => void called.push(stage)),
      { type: "error" },
    );
    const { errors } = await running(manager);
    assertEquals(handle.state, "clean");
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(called, []);
  });

  it("is judged by rule 5 when it leaves a strict execute uncalled", async () => {
    const manager = new TaskManager({
      around: (call, { stage }) => stage === "execute" ? undefined : call(),
    });
    manager.addTask("it", { execute: untilStopped });
    assertEquals(summary(await manager.runSettled()), [
      "it execute UNEXPECTED_STOP",
    ]);
  });

  it("is judged by rule 10 when it throws what the task was told", async () => {
    const { errors, outcome } = await runWith(
      instead("execute", async (call) => {
        await call();
        throw "enough";
      }),
      everyStage(() => {}),
    );
    assertEquals(errors, []);
    assertEquals(outcome, "clean");
  });

  it("is left behind with its stage", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({
      stopTimeout: 100,
      around: instead("execute", stuck),
    });
    manager.addTask("it", { execute: untilStopped });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 100);
    assertEquals(summary(await errors), ["it execute TIMEOUT"]);
  });

  it("watches each manager that is created with it, before that is run", () => {
    const states: string[] = [];
    const around: Around = (call) => call();
    around.watch = ({ state }) => states.push(state);
    const managers = [
      new TaskManager({ around }),
      new TaskManager(),
      new TaskManager({ around }),
    ];
    assertEquals(managers.map(({ state }) => state), ["idle", "idle", "idle"]);
    assertEquals(states, ["idle", "idle"]);
  });

  it("throws TypeError if it is no function", () => {
    for (const around of [null, "trace", {}, true]) {
      assertThrows(
        () => new TaskManager({ around: around as unknown as Around }),
        TypeError,
        "Cannot create a TaskManager as 'around' must be a function",
      );
    }
  });

  it("is none if it is undefined", async () => {
    const manager = new TaskManager({ around: undefined });
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
  });
});
