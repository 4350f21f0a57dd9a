import { TaskManager } from "@goasync/core";
import { repeatTimer } from "@goasync/core/tasks";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { countedSignal } from "../helpers/counted_signal.ts";
import { randomFrom, trial } from "./seed.ts";

const MINUTE = 60_000;
const SECOND = 1000;

/** What has happened in all managers so far. */
interface Counts {
  added: number;
  ended: number;
  cancelled: number;
  restarts: number;
  cleanups: number;
  live: number;
}

describe("ten minutes of thousands of tasks", () => {
  it("leave nothing behind", async () => {
    using time = new FakeTime();
    const random = randomFrom(trial(1).seed);
    const counts: Counts = {
      added: 0,
      ended: 0,
      cancelled: 0,
      restarts: 0,
      cleanups: 0,
      live: 0,
    };
    const shutdown = countedSignal();
    let manager = start();
    let run = manager.runSettled({ signal: shutdown.signal });
    await time.runMicrotasks();
    const finished: Promise<unknown>[] = [];

    for (let now = 0; now < 10 * MINUTE; now += SECOND) {
      for (let count = 0; count < 10; count++) addTask();
      if (random() < 0.5) {
        const { tasks } = manager;
        tasks[Math.trunc(random() * tasks.length)]?.cancel();
        counts.cancelled++;
      }
      if (random() < 0.1) await restart();
      await time.tickAsync(SECOND);
      await time.runMicrotasks();
      if (manager.state === "finished") await restart();
    }
    shutdown.abort();
    await end();
    await Promise.all(finished);

    assert(counts.added > 5000, `${counts.added} were added`);
    assert(counts.restarts > 20, `${counts.restarts} restarts`);
    assertEquals(counts.cleanups, 2 * (counts.restarts + 1));
    assertEquals(counts.ended, counts.added);
    assertEquals(counts.live, 0);
    assertEquals(shutdown.listeners(), 0);
    assertEquals(time.next(), false, "no timer is left");

    /** A manager, with another in it and a timer. */
    function start(): TaskManager {
      const manager = new TaskManager({
        stopTimeout: 2 * SECOND,
        drainTimeout: SECOND,
        shutdownTimeout: 10 * SECOND,
      });
      const inner = new TaskManager();
      for (const each of [manager, inner]) {
        each.addTask("resource", {
          execute: ({ done }) => done,
          cleanup: () => void counts.cleanups++,
        });
      }
      manager.addTask("inner", inner.asTask());
      manager.addExecuteTask("timer", repeatTimer(7 * SECOND, () => {}));
      return manager;
    }

    function addTask(): void {
      if (manager.state === "finished" || manager.state === "stopping") return;
      const lasts = random() * 20 * SECOND;
      const fails = random() < 0.002;
      const drains = random() < 0.3;
      const handle = manager.addExecuteTask("job", (context) => {
        counts.live++;
        const signal = drains ? context.draining : context.signal;
        return new Promise<void>((resolve, reject) => {
          const end = () => {
            clearTimeout(timer);
            signal.removeEventListener("abort", end);
            counts.live--;
            if (fails) reject(new Error("It was to fail"));
            else resolve();
          };
          const timer = setTimeout(end, lasts);
          signal.addEventListener("abort", end);
        });
      }, { type: "error" });
      counts.added++;
      finished.push(handle.finished.then(() => counts.ended++));
    }

    async function restart(): Promise<void> {
      manager.stop();
      await end();
      counts.restarts++;
      manager = start();
      run = manager.runSettled({ signal: shutdown.signal });
      await time.runMicrotasks();
    }

    /** Waits for the end of a run that was told to stop. */
    async function end(): Promise<void> {
      for (let count = 0; count < 10 && manager.state !== "finished"; count++) {
        await time.tickAsync(SECOND);
        await time.runMicrotasks();
      }
      assertEquals(manager.state, "finished");
      assertEquals(manager.tasks, []);
      for (const { code, taskName } of await run) {
        assertEquals([code, taskName], ["FAILED", "job"]);
      }
    }
  });
});
