import { type Task, type TaskContext, TaskManager } from "@goasync/core";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";

const STAGES = ["initialize", "execute"] as const;

/** A task that throws in a stage once it is told to stop. */
function throwing(
  stage: typeof STAGES[number],
  thrown: (context: TaskContext) => unknown,
): Task {
  const act = async (context: TaskContext) => {
    await context.done;
    throw thrown(context);
  };
  return stage === "initialize"
    ? { initialize: act, execute: () => {} }
    : { execute: act };
}

const abortError = () => new DOMException("Aborted", "AbortError");

const CLEAN: { what: string; thrown: (context: TaskContext) => unknown }[] = [
  { what: "its signal's reason", thrown: ({ signal }) => signal.reason },
  { what: "an AbortError", thrown: abortError },
  {
    what: "an AbortError that is no DOMException",
    thrown: () => Object.assign(new Error("Stopped"), { name: "AbortError" }),
  },
];

const FAILED: typeof CLEAN = [
  { what: "an Error", thrown: () => new Error("broken") },
  {
    what: "a TimeoutError",
    thrown: () => new DOMException("Too late", "TimeoutError"),
  },
  { what: "undefined", thrown: () => undefined },
  { what: "the text AbortError", thrown: () => "AbortError" },
  {
    what: "an Error caused by its signal's reason",
    thrown: ({ signal }) => new Error("wrapped", { cause: signal.reason }),
  },
];

const REASONS = [
  { what: "none", stop: (manager: TaskManager) => manager.stop() },
  {
    what: "an Error",
    stop: (manager: TaskManager) => manager.stop(new Error("enough")),
  },
  { what: "a string", stop: (manager: TaskManager) => manager.stop("enough") },
  { what: "NaN", stop: (manager: TaskManager) => manager.stop(NaN) },
  { what: "null", stop: (manager: TaskManager) => manager.stop(null) },
];

describe("rule 10: a clean stop is not a failure", () => {
  for (const stage of STAGES) {
    for (const { what, thrown } of CLEAN) {
      for (const { what: reason, stop } of REASONS) {
        it(`lets ${stage} throw ${what} once stopped, where the reason is ${reason}`, async () => {
          const manager = new TaskManager();
          manager.addTask("it", throwing(stage, thrown));
          const { errors } = await running(manager);
          await stop(manager);
          assertEquals(await errors, []);
        });
      }
    }

    for (const { what, thrown } of FAILED) {
      it(`records ${what} that ${stage} throws once stopped`, async () => {
        const manager = new TaskManager();
        manager.addTask("it", throwing(stage, thrown));
        const { errors } = await running(manager);
        await manager.stop(new Error("enough"));
        assertEquals(summary(await errors), [`it ${stage} FAILED`]);
      });
    }

    it(`records an AbortError that ${stage} throws before the stop`, async () => {
      const failing = gate();
      const thrown = abortError();
      const manager = new TaskManager();
      manager.addTask("it", {
        execute: () => {},
        [stage]: () => failing.reached.then(() => Promise.reject(thrown)),
      });
      const { errors } = await running(manager);
      failing.open();
      const list = await errors;
      assertEquals(summary(list), [`it ${stage} FAILED`]);
      assertStrictEquals(list[0]?.cause, thrown);
    });

    it(`lets ${stage} throw the TaskError that stopped it`, async () => {
      const failing = gate();
      const manager = new TaskManager();
      manager.addTask("failing", {
        initialize: ({ done }) => stage === "initialize" ? done : undefined,
        execute: () => failing.reached,
      });
      const { errors } = await running(manager);
      if (stage === "initialize") {
        manager.stop();
      } else {
        manager.addExecuteTask("it", async ({ signal, done }) => {
          await done;
          throw signal.reason;
        });
      }
      failing.open();
      assertEquals(
        summary(await errors),
        stage === "initialize" ? [] : ["failing execute UNEXPECTED_STOP"],
      );
    });
  }

  it("lets an execute task throw its signal's reason once stopped", async () => {
    const manager = new TaskManager();
    manager.addExecuteTask("it", async ({ signal, done }) => {
      await done;
      throw signal.reason;
    });
    const { errors } = await running(manager);
    await manager.stop("enough");
    assertEquals(await errors, []);
  });

  it("records the same AbortError from cleanup, whose signal is not aborted", async () => {
    const manager = new TaskManager();
    manager.addTask("it", {
      execute: ({ done }) => done,
      cleanup: () => Promise.reject(abortError()),
    });
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(summary(await errors), ["it cleanup FAILED"]);
  });

  it("goes by the task's own signal, not by one that it was wrapped with", async () => {
    const inner = new AbortController();
    const manager = new TaskManager();
    manager.addTask("it", {
      async execute(context) {
        const { signal, done } = context.with({ signal: inner.signal });
        await done;
        throw signal.reason;
      },
    });
    const { errors } = await running(manager);
    inner.abort();
    assertEquals(summary(await errors), ["it execute FAILED"]);
  });
});
