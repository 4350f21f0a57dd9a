import { type ExecuteFunction, TaskContext } from "@goasync/core";
import { repeatable, repeatTimer, supervise } from "@goasync/core/tasks";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { countedSignal } from "../helpers/counted_signal.ts";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { pass } from "../helpers/pass.ts";

/** The provided tasks that wait between two runs, here for 10 ms. */
const WAITING = [
  {
    name: "repeatable",
    wrap: (run: ExecuteFunction) => {
      const backoff = { min: 10, max: 10, jitter: 0 };
      return repeatable(run, { backoff });
    },
  },
  {
    name: "repeatTimer",
    wrap: (run: ExecuteFunction) => repeatTimer(10, run),
  },
  {
    name: "supervise",
    wrap: (run: ExecuteFunction) => {
      const backoff = { min: 10, max: 10, jitter: 0 };
      return supervise(run, { backoff });
    },
  },
];

for (const { name, wrap } of WAITING) {
  describe(`${name}() while it waits`, () => {
    for (const which of ["draining", "signal"] as const) {
      it(`ends when only its ${which} aborts, and leaves nothing behind`, async () => {
        using time = new FakeTime();
        using timers = new CountedTimers();
        const signals = { draining: countedSignal(), signal: countedSignal() };
        const { draining, signal } = signals;
        let runs = 0;
        const task = wrap(() => {
          runs++;
          throw new Error("no connection");
        });
        const execution = task.execute(
          new TaskContext({
            name: "it",
            draining: draining.signal,
            signal: signal.signal,
          }),
        );
        await time.runMicrotasks();
        await pass(time, 10);
        assertEquals(runs, 2);
        // One for each wait, whatever came before, and one for all of a run.
        const listeners = name === "supervise" ? 2 : 1;
        assertEquals(draining.listeners(), listeners);
        assertEquals(signal.listeners(), listeners);
        signals[which].abort();
        await execution;
        assertEquals([draining.listeners(), signal.listeners()], [0, 0]);
        assertEquals(timers.running, 0);
      });
    }
  });
}
