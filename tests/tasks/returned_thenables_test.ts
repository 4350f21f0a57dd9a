// What stages return that is no promise, but has a `then`, as queries of many
// databases have, which are sent when that is called: each time it is.

import {
  type ExecuteFunction,
  type ExecuteTask,
  type Stage,
  type Task,
  TaskManager,
} from "@goasync/core";
import {
  forceStop,
  forEach,
  graceful,
  lease,
  memoryLock,
  repeatable,
  repeatTimer,
  schedule,
  supervise,
} from "@goasync/core/tasks";
import { interruptible } from "@goasync/core/tasks/interruptible";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { batched } from "../helpers/batched.ts";
import { notesOf } from "../helpers/supervised.ts";

type Wrapper = (task: Task & ExecuteTask) => Task;

const soon = (after: Date) => new Date(after.getTime() + 1);

const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  forceStop: (task) => forceStop(60_000, task),
  graceful: (task) => graceful(task),
  interruptible: (task) => interruptible(["SIGHUP"], task),
  lease: (task) => lease(memoryLock(), () => task),
  repeatable: (task) => repeatable(task),
  repeatTimer: (task) => repeatTimer(60_000, task),
  schedule: (task) => schedule(soon, task),
  supervise: (task) => supervise(task),
};

/** A query, which is sent when its `then` is called; it settles with a value. */
function query(sent: () => void, value?: unknown): PromiseLike<never> {
  const then = (resolve: (value: unknown) => void) => {
    sent();
    Promise.resolve(value).then(resolve);
  };
  return { then } as PromiseLike<never>;
}

for (const [name, wrap] of Object.entries(WRAPPERS)) {
  describe(`${name}(), of a task whose stages return queries,`, () => {
    it("sends each but once", async () => {
      const log: string[] = [];
      const sending = (stage: Stage): ExecuteFunction => ({ draining }) => {
        log.push(stage);
        const isExecute = stage === "execute";
        const sent = () => {
          log.push(`${stage} sent`);
          if (isExecute) void manager.stop();
        };
        return query(sent, isExecute && whenAborted(draining));
      };
      const manager = new TaskManager();
      manager.addTask(
        "it",
        wrap({
          initialize: sending("initialize"),
          execute: sending("execute"),
          drain: sending("drain"),
          cleanup: sending("cleanup"),
        }),
      );
      assertEquals(await manager.runSettled(), []);
      assertEquals(log, [
        "initialize",
        "initialize sent",
        "execute",
        "execute sent",
        "drain",
        "drain sent",
        "cleanup",
        "cleanup sent",
      ]);
    });

    it("takes something else with a then for what it is", async () => {
      const manager = new TaskManager();
      const type = "error";
      const execute = () => {
        void manager.stop();
        return { then: 1 };
      };
      manager.addTask("it", wrap({ execute }), { type });
      assertEquals(await manager.runSettled(), []);
      assertEquals(notesOf(manager).filter((note) => /fail/.test(note)), []);
    });
  });
}

describe("forEach(), of an iterator whose answers are no promises,", () => {
  for (const isAtOnce of [false, true]) {
    const when = isAtOnce ? "at once" : "later";

    it(`asks each but once, which calls back ${when}`, async () => {
      const log: string[] = [];
      let count = 0;
      const next = () => {
        const value = ++count;
        const answer = { done: value > 2, value };
        const sent = () => log.push(`asked for ${value}`);
        if (!isAtOnce) return query(sent, answer);
        const then = (resolve: (answer: unknown) => void) => {
          sent();
          resolve(answer);
        };
        return { then } as PromiseLike<never>;
      };
      const items = { [Symbol.asyncIterator]: () => ({ next }) };
      const { run } = batched<number>(
        items as unknown as AsyncIterable<number>,
        (item) => log.push(`works on ${item}`),
      );
      assertEquals(await run, []);
      assertEquals(log, [
        "asked for 1",
        "works on 1",
        "asked for 2",
        "works on 2",
        "asked for 3",
      ]);
    });
  }

  it("asks each but once for what its work returns, too", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const work = (item: number) => query(() => log.push(`sent ${item}`));
    manager.addTask("it", forEach([1, 2], work), { type: "stop-group" });
    assertEquals(await manager.runSettled(), []);
    assertEquals(log, ["sent 1", "sent 2"]);
  });
});

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve());
  });
}
