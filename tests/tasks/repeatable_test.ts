import { TaskManager } from "@goasync/core";
import { repeatable } from "@goasync/core/tasks/repeatable";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Yielder } from "../../tasks/_yielder.ts";
import { gate } from "../helpers/gate.ts";

describe("repeatable()", () => {
  it("executes a function again and again until stopped", async () => {
    const manager = new TaskManager();
    let runs = 0;
    manager.addTask(
      "loop",
      repeatable(() => {
        if (++runs === 5) manager.stop();
      }),
    );
    await manager.run();
    assertEquals(runs, 5);
  });

  it("waits for the run in progress when it is stopped", async () => {
    const manager = new TaskManager();
    const started = gate();
    const finish = gate();
    const log: string[] = [];
    manager.addTask(
      "loop",
      repeatable(async () => {
        log.push("run begins");
        started.open();
        await finish.reached;
        log.push("run ends");
      }),
    );
    const run = manager.run();
    await started.reached;
    const stop = manager.stop();
    log.push("told to stop");
    finish.open();
    await stop;
    await run;
    assertEquals(log, ["run begins", "told to stop", "run ends"]);
  });

  it("runs one at a time", async () => {
    const manager = new TaskManager();
    let running = 0;
    let most = 0;
    let runs = 0;
    manager.addTask(
      "loop",
      repeatable(async () => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
        if (++runs === 10) manager.stop();
      }),
    );
    await manager.run();
    assertEquals(most, 1);
  });

  it("gives each run the context of the task", async () => {
    const manager = new TaskManager();
    const names: string[] = [];
    manager.addTask(
      "loop",
      repeatable((context) => {
        names.push(context.name);
        if (names.length === 2) manager.stop();
      }),
    );
    await manager.run();
    assertEquals(names, ["loop", "loop"]);
  });

  it("passes initialize and cleanup through, looked up when called", async () => {
    const manager = new TaskManager();
    const log: string[] = [];
    const task = {
      initialize: () => void log.push("never called"),
      execute() {
        log.push("execute");
        manager.stop();
      },
      cleanup(this: unknown) {
        log.push(this === task ? "cleanup" : "cleanup lost its this");
      },
    };
    manager.addTask("loop", repeatable(task));
    task.initialize = () => void log.push("initialize");
    await manager.run();
    assertEquals(log, ["initialize", "execute", "cleanup"]);
  });

  it("takes a task without initialize and cleanup", async () => {
    const manager = new TaskManager();
    manager.addTask("loop", repeatable({ execute: () => void manager.stop() }));
    assertEquals(await manager.runSettled(), []);
  });

  it("executes nothing when it is stopped before", async () => {
    const manager = new TaskManager();
    let runs = 0;
    manager.addExecuteTask("stop", () => {
      manager.stop();
    }, { type: "error" });
    manager.addExecuteTask("loop", repeatable(() => void runs++));
    // Both are called in the same turn, the loop with an aborted signal.
    assertEquals(await manager.runSettled(), []);
    assertEquals(runs, 0);
  });

  it("swallows errors and hands each to onError", async () => {
    const manager = new TaskManager();
    const errors: unknown[] = [];
    let runs = 0;
    manager.addTask(
      "loop",
      repeatable(() => {
        runs++;
        if (runs === 1) throw "thrown";
        if (runs === 2) return Promise.reject("rejected");
        manager.stop();
      }, { onError: (error) => errors.push(error), backoff: false }),
    );
    assertEquals(await manager.runSettled(), []);
    assertEquals(errors, ["thrown", "rejected"]);
  });

  it("hands an AbortError to onError that comes before the stop", async () => {
    const errors: unknown[] = [];
    const early = new DOMException("Too slow", "AbortError");
    const manager = new TaskManager();
    manager.addTask(
      "loop",
      repeatable(() => {
        if (errors.length > 0) manager.stop();
        throw early;
      }, { onError: (error) => errors.push(error), backoff: false }),
    );
    await manager.run();
    assertEquals(errors, [early]);
  });

  it("swallows errors without onError", async () => {
    const manager = new TaskManager();
    let runs = 0;
    manager.addTask(
      "loop",
      repeatable(() => {
        if (++runs === 2) manager.stop();
        throw new Error("ignored");
      }, { backoff: false }),
    );
    assertEquals(await manager.runSettled(), []);
    assertEquals(runs, 2);
  });

  it("ignores what onError throws, rejects with or never settles with", async () => {
    const manager = new TaskManager();
    let calls = 0;
    manager.addTask(
      "loop",
      repeatable(() => {
        throw new Error("expected");
      }, {
        onError() {
          calls++;
          if (calls === 1) throw new Error("thrown by onError");
          if (calls === 2) return Promise.reject("rejected by onError");
          if (calls === 4) manager.stop();
          return new Promise(() => {});
        },
        backoff: false,
      }),
    );
    assertEquals(await manager.runSettled(), []);
    assertEquals(calls, 4);
  });

  it("does not call a clean stop an error", async () => {
    for (const thrown of ["reason", "AbortError", "error"]) {
      const manager = new TaskManager();
      const errors: unknown[] = [];
      manager.addTask(
        "loop",
        repeatable(() => {
          manager.stop("reason");
          throw thrown === "AbortError"
            ? new DOMException("aborted", "AbortError")
            : thrown;
        }, { onError: (error) => errors.push(error), backoff: false }),
      );
      assertEquals(await manager.runSettled(), []);
      assertEquals(errors, thrown === "error" ? ["error"] : []);
    }
  });

  it("lets timers run however fast the task is", async () => {
    const manager = new TaskManager();
    manager.addTask("loop", repeatable(() => {}));
    manager.addExecuteTask("timer", () => {
      setTimeout(() => manager.stop(), 1);
    }, { type: "error" });
    assertEquals(await manager.runSettled(), []);
  });

  it("throws TypeError for a TaskManager, which runs once", () => {
    const error = assertThrows(() => repeatable(new TaskManager()), TypeError);
    assertStringIncludes(error.message, "TaskManager");
    assertStringIncludes(error.message, "runs once");
  });

  it("throws TypeError for what is no task", () => {
    for (const bad of [undefined, null, {}, { execute: 1 }, "task"]) {
      // deno-lint-ignore no-explicit-any
      assertThrows(() => repeatable(bad as any), TypeError, "'execute'");
    }
    // deno-lint-ignore no-explicit-any
    const bad: any = { execute() {}, cleanup: "no function" };
    assertThrows(() => repeatable(bad), TypeError, "'cleanup'");
  });

  it("throws TypeError for an onError that is no function", () => {
    assertThrows(
      // deno-lint-ignore no-explicit-any
      () => repeatable(() => {}, { onError: "log" as any }),
      TypeError,
      "Cannot repeat a task as 'onError' must be a function: current value is \"log\"",
    );
  });
});

describe("repeatable() yields", () => {
  /** Yields twice where there is this, and says what was used. */
  async function waysUsed(
    { now, ...has }: {
      setImmediate: boolean;
      postTask: boolean;
      now?: () => number;
    },
  ): Promise<string[]> {
    const used: string[] = [];
    const way = (name: keyof typeof has) =>
      has[name]
        ? (callback: () => void) => {
          used.push(name);
          callback();
        }
        : undefined;
    const real = performance.now;
    if (now) performance.now = now;
    try {
      const yielder = new Yielder({
        setImmediate: way("setImmediate"),
        scheduler: { postTask: way("postTask") },
      });
      await yielder.next();
      await yielder.next();
    } finally {
      performance.now = real;
    }
    return used;
  }
  const frozen = () => 0;

  it("by setImmediate where there is one", async () => {
    const used = await waysUsed({
      setImmediate: true,
      postTask: true,
      now: frozen,
    });
    assertEquals(used, ["setImmediate", "setImmediate"]);
  });

  it("by postTask in browsers", async () => {
    const used = await waysUsed({
      setImmediate: false,
      postTask: true,
      now: frozen,
    });
    assertEquals(used, ["postTask", "postTask"]);
  });

  it("by a timer where there is neither", async () => {
    const used = await waysUsed({ setImmediate: false, postTask: false });
    assertEquals(used, []);
  });

  it("by a timer now and then", async () => {
    let now = 0;
    const used = await waysUsed({
      setImmediate: true,
      postTask: true,
      now: () => now += 1_000,
    });
    assertEquals(used, []);
  });

  it("by nothing that was installed after the module was loaded", async () => {
    const names = ["setTimeout", "setImmediate", "scheduler"];
    const before = names.map((name) =>
      [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const
    );
    const held = () => {};
    const fakes = [held, held, { postTask: held }];
    names.forEach((name, index) =>
      Object.defineProperty(globalThis, name, {
        value: fakes[index],
        configurable: true,
        writable: true,
      })
    );
    try {
      const manager = new TaskManager();
      let runs = 0;
      manager.addTask(
        "loop",
        repeatable(() => {
          if (++runs === 4) manager.stop();
        }),
      );
      assertEquals(await manager.runSettled(), []);
    } finally {
      for (const [name, descriptor] of before) {
        if (descriptor) Object.defineProperty(globalThis, name, descriptor);
        else Reflect.deleteProperty(globalThis, name);
      }
    }
  });
});
