// A drain that goes on when its execute has ended, as that took nothing new and
// returned: of a task, of an execute task, behind each wrapper and in a worker.

import {
  type ExecuteTask,
  type Task,
  type TaskContext,
  TaskManager,
} from "@goasync/core";
import {
  forceStop,
  graceful,
  lease,
  memoryLock,
  repeatable,
  supervise,
} from "@goasync/core/tasks";
import { interruptible } from "@goasync/core/tasks/interruptible";
import { exposeTask, inWorker } from "@goasync/core/tasks/worker";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { ADDERS } from "../helpers/draining.ts";
import { FakeThreads } from "../helpers/fake_threads.ts";
import { gate } from "../helpers/gate.ts";
import { started } from "../helpers/timeouts.ts";
import { URL_OF_WORKER } from "../helpers/worker_tasks.ts";

type Given = Task & ExecuteTask;

const WRAPPERS: Readonly<Record<string, (task: Given) => Given>> = {
  "no wrapper": (task) => task,
  "forceStop()": (task) => forceStop(60_000, task),
  "graceful()": (task) => graceful(task),
  "interruptible()": (task) => interruptible(["SIGHUP"], task),
  "inWorker()": () => inWorker(URL_OF_WORKER),
  "lease()": (task) => lease(memoryLock(), () => task),
  "repeatable()": (task) => repeatable(task),
  "supervise()": (task) => supervise(task) as Given,
  "supervise() of graceful()": (task) => supervise(graceful(task)) as Given,
  "graceful() of supervise()": (task) => graceful(supervise(task)),
};

/** Those whose execute has the drain in it, or fails with nothing. */
const IS_ONE: readonly string[] = ["lease()", "repeatable()"];

/** Resolves when a signal aborts. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve());
  });
}

for (const [name, wrap] of Object.entries(WRAPPERS)) {
  for (const { what, add } of ADDERS) {
    describe(`a drain that outlasts its execute, in ${name}, added with ${what},`, () => {
      /** Runs a task whose execute ends as it is told, until it has drained. */
      async function drained(
        drain: (context: TaskContext) => unknown,
        executed: () => unknown = () => {},
      ) {
        const log: string[] = [];
        const task: Given = {
          async execute({ draining }) {
            await aborted(draining);
            log.push("executed");
            return executed();
          },
          async drain(context) {
            log.push("drains");
            await drain(context);
            log.push("drained");
          },
        };
        const time = new FakeTime();
        const threads = new FakeThreads(() => exposeTask(task));
        const manager = new TaskManager();
        add(manager, "it", wrap(task));
        const { errors } = await started(manager, time);
        manager.stop();
        await time.runMicrotasks();
        return {
          manager,
          errors,
          log,
          time,
          [Symbol.dispose]() {
            threads[Symbol.dispose]();
            time[Symbol.dispose]();
          },
        };
      }

      it("is waited for", async () => {
        const { reached, open } = gate();
        using run = await drained(() => reached);
        assertEquals(run.manager.state, "draining");
        assertEquals(run.log.toSorted(), ["drains", "executed"]);
        open();
        assertEquals(await run.errors, []);
        assertEquals(run.log.at(-1), "drained");
      });

      it("is aborted with everyone else", async () => {
        using run = await drained(({ signal }) => aborted(signal));
        assertEquals(run.log.toSorted(), ["drains", "executed"]);
        run.manager.stop("now", { drain: false });
        await run.time.runMicrotasks();
        assertEquals(run.log.at(-1), "drained");
        assertEquals(await run.errors, []);
      });

      it("holds up no failure of that, but in what is executed itself", async () => {
        const { reached, open } = gate();
        const fail = () => Promise.reject(new Error("lost"));
        using run = await drained(() => reached, fail);
        const { tasks, executeTasks } = run.manager.report();
        const [{ error } = {}] = executeTasks;
        const [failed = error] = (tasks[0]?.stages ?? [])
          .flatMap(({ error }) => error ?? []);
        assertEquals(failed?.cause, IS_ONE.includes(name) ? undefined : "lost");
        open();
        const causes = (await run.errors).map(({ cause }) => `${cause}`);
        const isNoted = name === "repeatable()";
        assertEquals(causes, isNoted ? [] : ["Error: lost"]);
      });

      it("fails alone", async () => {
        const { reached, open } = gate();
        using run = await drained(async () => {
          await reached;
          throw new Error("full");
        });
        open();
        const errors = await run.errors;
        assertEquals(errors.map(({ cause }) => `${cause}`), ["Error: full"]);
      });
    });
  }
}
