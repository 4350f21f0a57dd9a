import { type ManagerEvent, TaskManager } from "@goasync/core";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { heard, inShort } from "../helpers/heard.ts";
import { logging } from "../helpers/logging.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";

/** Whether an event tells that the manager came to a state. */
function isState(event: ManagerEvent, state: string): boolean {
  return event.type === "state" && event.state === state;
}

describe("rule 19: subscribing", () => {
  it("hears what happens from then on, until it is ended", async () => {
    const manager = new TaskManager();
    const log: string[] = [];
    await running(manager);
    const unsubscribe = manager.subscribe((event) => log.push(inShort(event)));
    manager.addExecuteTask("it", () => {}, { type: "error" });
    unsubscribe();
    unsubscribe();
    await manager.stop();
    assertEquals(log, ["/it execute starts", "/it execute ends clean"]);
  });

  it("counts each time, also of one listener, and ends each alone", async () => {
    const manager = new TaskManager();
    const log: string[] = [];
    const listener = (event: ManagerEvent) => log.push(inShort(event));
    const unsubscribe = manager.subscribe(listener);
    manager.subscribe(listener);
    await running(manager);
    unsubscribe();
    log.splice(0);
    manager.stop("enough");
    assertEquals(log, ["/ told by stop: enough", "/ stopping"]);
    await manager.stop();
  });

  it("calls listeners in the order in which they came", async () => {
    const manager = new TaskManager();
    const log: string[] = [];
    for (const name of ["a", "b", "c"]) {
      manager.subscribe((event) => log.push(`${name} ${inShort(event)}`));
    }
    await running(manager);
    assertEquals(log.slice(0, 3), [
      "a / initializing",
      "b / initializing",
      "c / initializing",
    ]);
    await manager.stop();
  });

  it("can be ended by the listener itself, which hears nothing more", async () => {
    const manager = new TaskManager();
    const log: string[] = [];
    const unsubscribe = manager.subscribe((event) => {
      log.push(inShort(event));
      unsubscribe();
      void manager.stop();
    });
    const others = heard(manager);
    await manager.run();
    assertEquals(log, ["/ initializing"]);
    assertEquals(others.at(-1), "/ finished");
  });

  it("can be ended by another listener, before it hears what that hears", async () => {
    const manager = new TaskManager();
    const log: string[] = [];
    let unsubscribe = () => {};
    manager.subscribe(() => unsubscribe());
    unsubscribe = manager.subscribe((event) => log.push(inShort(event)));
    await running(manager);
    await manager.stop();
    assertEquals(log, []);
  });

  it("from inside a listener hears what happens after that", async () => {
    const manager = new TaskManager();
    const log: string[] = [];
    const unsubscribe = manager.subscribe((event) => {
      if (!isState(event, "initializing")) return;
      void manager.stop("enough"); // Which has happened when it subscribes.
      manager.subscribe((event) => log.push(inShort(event)));
      unsubscribe();
    });
    await manager.run();
    assertEquals(log, ["/ cleaning-up", "/ finished"]);
  });
});

describe("rule 19: a listener", () => {
  it("may throw anything or reject: nobody hears of it", async () => {
    const thenable = {
      get then() {
        throw new Error("no promise");
      },
    };
    const hostile = new Proxy({}, {
      get() {
        throw new Error("Do not touch");
      },
      has() {
        throw new Error("Do not touch");
      },
    });
    const manager = new TaskManager();
    const log: string[] = [];
    for (const thrown of [new Error("broken"), undefined, hostile]) {
      manager.subscribe(() => {
        throw thrown;
      });
      manager.subscribe(() => Promise.reject(thrown));
    }
    for (const returned of [thenable, hostile]) {
      manager.subscribe(() => returned);
    }
    const others = heard(manager);
    manager.addTask("it", logging(log));
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, [
      "it initialize",
      "it execute",
      "it drain",
      "it cleanup",
    ]);
    assertEquals(others.length, 15);
  });

  it("is waited for by nobody", async () => {
    const manager = new TaskManager();
    const never = gate();
    manager.subscribe(() => never.reached);
    manager.addTask("it", logging([]));
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("hears what it causes after all have heard the event before", async () => {
    const manager = new TaskManager();
    const first: string[] = [];
    const second: string[] = [];
    manager.subscribe((event) => {
      first.push(inShort(event));
      if (isState(event, "executing")) {
        manager.addExecuteTask("added", () => {}, { type: "error" });
        manager.stop("enough");
        first.push("goes on");
      }
    });
    manager.subscribe((event) => second.push(inShort(event)));
    await manager.run();
    assertEquals(first, [
      "/ initializing",
      "/ executing",
      "goes on",
      "/ told by stop: enough",
      "/ stopping",
      "/ cleaning-up",
      "/ finished",
    ]);
    assertEquals(second, first.filter((line) => line !== "goes on"));
  });

  it("that stops at executing lets nothing be executed or drained", async () => {
    const manager = new TaskManager();
    const log: string[] = [];
    manager.subscribe((event) => {
      if (isState(event, "executing")) manager.stop();
    });
    const handles = [
      manager.addTask("task", logging(log)),
      manager.addExecuteTask("execute task", logging(log).execute!),
    ];
    assertEquals(await manager.runSettled(), []);
    assertEquals(log, ["task initialize", "task cleanup"]);
    for (const { state } of handles) assertEquals(state, "never-started");
  });

  it("that stops at initializing lets nothing be initialized", async () => {
    const manager = new TaskManager();
    const log: string[] = [];
    manager.subscribe((event) => {
      if (isState(event, "initializing")) manager.stop();
    });
    manager.addTask("it", logging(log));
    assertEquals(await manager.runSettled(), []);
    assertEquals(log, []);
  });

  it("that stops when the first stage of execute begins has it drained after its execute was called", async () => {
    const manager = new TaskManager();
    const log: string[] = [];
    manager.subscribe((event) => {
      if (event.type === "stage-start" && event.stage === "execute") {
        manager.stop();
      }
    });
    for (const name of ["a", "b"]) manager.addTask(name, logging(log));
    assertEquals(await manager.runSettled(), []);
    assertEquals(log.slice(2), [
      "a execute",
      "a drain",
      "b execute",
      "b drain",
      "b cleanup",
      "a cleanup",
    ]);
  });

  it("that cancels a task when its execute begins has it never started", async () => {
    const manager = new TaskManager();
    const log: string[] = [];
    const handle = manager.addTask("it", logging(log));
    const ends: string[] = [];
    manager.subscribe((event) => {
      if (event.type === "stage-start" && event.stage === "execute") {
        handle.cancel("not needed");
      }
      if (event.type === "stage-end") ends.push(inShort(event));
    });
    const { errors } = await running(manager);
    assertEquals(handle.state, "never-started");
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["it initialize", "it cleanup"]);
    assertEquals(ends, [
      "/it initialize ends clean",
      "/it execute ends never-started",
      "/it cleanup ends clean",
    ]);
  });

  it("that ends the draining when it begins lets nobody be drained", async () => {
    const manager = new TaskManager();
    const log: string[] = [];
    manager.subscribe((event) => {
      if (isState(event, "draining")) manager.stop("now", { drain: false });
    });
    manager.addTask("it", logging(log));
    const states = heard(manager);
    const { errors } = await running(manager);
    await manager.stop("enough");
    assertEquals(await errors, []);
    assertEquals(log, ["it initialize", "it execute", "it cleanup"]);
    assert(!states.some((line) => line.includes("drain starts")));
  });

  it("that stops when a drain is cut short hears of it once", async () => {
    const manager = new TaskManager();
    const log = heard(manager);
    manager.subscribe((event) => {
      if (event.type === "drain-cut-short") manager.stop("", { drain: false });
    });
    manager.addTask("it", { execute: untilStopped, drain: untilStopped });
    const { errors } = await running(manager);
    log.splice(0);
    manager.stop("enough");
    manager.stop("now", { drain: false });
    assertEquals(log, [
      "/ told by stop: enough",
      "/ draining",
      "/it drain starts",
      "/ stopping",
      "/it drain is cut short",
    ]);
    assertEquals(await errors, []);
  });

  it("may add an execute task, which starts at once", async () => {
    const manager = new TaskManager();
    const log: string[] = [];
    manager.subscribe((event) => {
      if (event.type === "note") {
        manager.addExecuteTask("added", () => void log.push("executes"), {
          type: "error",
        });
        log.push("was added");
      }
    });
    manager.addTask("it", {
      execute({ note, done }) {
        note("hello");
        return done;
      },
    });
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["executes", "was added"]);
  });

  it("obeys the rules of reentrancy: it may neither run nor add too late", async () => {
    const manager = new TaskManager();
    const refused: string[] = [];
    manager.subscribe((event) => {
      if (isState(event, "finished")) {
        for (
          const call of [
            () => manager.addExecuteTask("late", untilStopped),
            () => manager.addTask("late", logging([])),
          ]
        ) {
          try {
            call();
          } catch (error) {
            refused.push((error as Error).name);
          }
        }
      }
      if (isState(event, "executing")) {
        manager.run().catch((error) => refused.push(error.name));
        manager.stop();
      }
    });
    assertEquals(summary(await manager.runSettled()), []);
    assertEquals(refused.toSorted(), [
      "InvalidStateError",
      "InvalidStateError",
      "InvalidStateError",
    ]);
  });
});
