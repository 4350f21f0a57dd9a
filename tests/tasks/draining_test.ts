import { type TaskError, TaskManager } from "@goasync/core";
import { graceful, repeatable, repeatTimer } from "@goasync/core/tasks";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { microtasks } from "../helpers/microtasks.ts";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { type Gate, gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";

/** A body that runs until it is let go, and what was seen of its runs. */
function running() {
  const runs: Gate[] = [];
  const begun = gate();
  const seen = { aborted: 0 };
  const body = ({ signal }: { signal: AbortSignal }) => {
    signal.addEventListener("abort", () => seen.aborted++);
    const run = gate();
    runs.push(run);
    begun.open();
    return run.reached;
  };
  return { runs, begun, seen, body };
}

describe("provided tasks while others drain", () => {
  it("begin no run once told, and return: repeatable()", async () => {
    const { runs, begun, seen, body } = running();
    const ending = gate();
    const manager = new TaskManager();
    const handle = manager.addTask("loop", repeatable(body));
    manager.addTask("drainer", { drain: () => ending.reached });
    const errors = manager.runSettled();
    await begun.reached;
    manager.stop("enough");
    await microtasks();
    assertEquals(handle.state, "executing");
    runs[0]!.open();
    assertEquals(await handle.finished, "clean");
    assertEquals([manager.state, seen.aborted], ["draining", 0]);
    ending.open();
    assertEquals(await errors, []);
    assertEquals(runs.length, 1);
  });

  it("begin no run once told, and return: repeatTimer()", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const { runs, seen, body } = running();
    const ending = gate();
    const manager = new TaskManager();
    const handle = manager.addTask("timer", repeatTimer(100, body));
    manager.addTask("drainer", { drain: () => ending.reached });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop("enough");
    await pass(time, 1_000);
    assertEquals(handle.state, "executing");
    runs[0]!.open();
    assertEquals(await handle.finished, "clean");
    assertEquals([manager.state, seen.aborted], ["draining", 0]);
    assertEquals(timers.running, 0);
    ending.open();
    assertEquals(await errors, []);
    assertEquals(runs.length, 1);
  });

  it("wake up between two runs: repeatTimer()", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const ending = gate();
    let runs = 0;
    const manager = new TaskManager();
    const handle = manager.addTask("timer", repeatTimer(100, () => runs++));
    manager.addTask("drainer", { drain: () => ending.reached });
    const errors = manager.runSettled();
    await pass(time, 1);
    manager.stop("enough");
    assertEquals(await handle.finished, "clean");
    assertEquals([manager.state, timers.running], ["draining", 0]);
    ending.open();
    assertEquals(await errors, []);
    assertEquals(runs, 1);
  });

  it("hold up no signal by a run in progress, as they have no drain", async () => {
    const { runs, begun, seen, body } = running();
    const manager = new TaskManager();
    manager.addTask("loop", repeatable(body));
    const errors = manager.runSettled();
    await begun.reached;
    manager.stop("enough");
    assertEquals([manager.state, seen.aborted], ["stopping", 1]);
    runs[0]!.open();
    assertEquals(await errors, []);
  });

  for (
    const { what, wrap } of [
      { what: "repeatable()", wrap: repeatable },
      {
        what: "repeatTimer()",
        wrap: (body: () => Promise<void>) => repeatTimer(60_000, body),
      },
    ]
  ) {
    it(`hold up every signal until the run in progress has ended, in graceful(): ${what}`, async () => {
      const { runs, begun, seen, body } = running();
      const manager = new TaskManager();
      const wrapped = wrap(body as () => Promise<void>);
      const handle = manager.addTask("loop", graceful(wrapped));
      const errors = manager.runSettled();
      await begun.reached;
      manager.stop("enough");
      await microtasks();
      assertEquals([manager.state, handle.state], ["draining", "draining"]);
      assertEquals(seen.aborted, 0);
      runs[0]!.open();
      assertEquals(await errors, []);
      assertEquals(runs.length, 1);
    });
  }

  it("hand on no error of a run whose signal alone was aborted", async () => {
    using time = new FakeTime();
    const seen: unknown[] = [];
    const shutdown = new AbortController();
    const timer = repeatTimer(100, async ({ signal, done }) => {
      await done;
      throw signal.reason;
    }, { onError: (error) => seen.push(error) });
    const manager = new TaskManager();
    const handle = manager.addTask("timer", {
      execute: (context) =>
        timer.execute!(context.with({ signal: shutdown.signal })),
    }, { type: "error" });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    shutdown.abort("enough");
    assertEquals(await handle.finished, "clean");
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(seen, []);
  });

  it("do not call it an error when a run throws the reason, while draining", async () => {
    using time = new FakeTime();
    const seen: unknown[] = [];
    const { runs, body } = running();
    const manager = new TaskManager();
    const timer = repeatTimer(100, async (context) => {
      await body(context);
      throw context.draining.reason;
    }, { onError: (error) => seen.push(error) });
    manager.addTask("timer", graceful(timer));
    const errors: Promise<TaskError[]> = manager.runSettled();
    await time.runMicrotasks();
    manager.stop("enough");
    runs[0]!.open();
    assertEquals(await errors, []);
    assertEquals(seen, []);
  });
});
