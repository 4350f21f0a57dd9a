import { TaskManager } from "@goasync/core";
import { measureWith, type Meter } from "@goasync/core/otel";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { runAndStop } from "../helpers/run_and_stop.ts";
import { running } from "../helpers/running.ts";

/** A meter that writes a log. */
function fakeMeter(): { meter: Meter; log: string[] } {
  const log: string[] = [];
  const write = (name: string) => (value: number, attributes = {}) => {
    const described = Object.values(attributes).join(" ");
    log.push([name.replace("goasync.", ""), value, described].join(" ").trim());
  };
  const counter = (name: string) => ({ add: write(name) });
  const meter: Meter = {
    createCounter: counter,
    createUpDownCounter: counter,
    createHistogram: (name) => {
      const record = write(name);
      return { record: (_seconds, attributes) => record(0, attributes) };
    },
  };
  return { meter, log };
}

/** Calls it as from JavaScript. */
const measureWithAny = measureWith as (...args: unknown[]) => unknown;

describe("measureWith()", () => {
  for (
    const [what, args, message] of [
      [
        "no manager",
        [1, fakeMeter().meter],
        "it must be given a TaskManager: current value is 1 (number)",
      ],
      [
        "no meter",
        [new TaskManager()],
        "the meter must have the methods createCounter, createUpDownCounter and createHistogram: current value is undefined",
      ],
    ] as const
  ) {
    it(`rejects ${what}`, () => {
      assertThrows(
        () => measureWithAny(...args),
        TypeError,
        `Cannot measure a TaskManager as ${message}`,
      );
    });
  }

  it("counts what begins from now on, and does not name execute tasks", async () => {
    const { meter, log } = fakeMeter();
    const manager = new TaskManager();
    manager.addTask("early", { execute: ({ done }) => done });
    manager.addExecuteTask("job", ({ done }) => done);
    const { errors } = await running(manager);
    const unsubscribe = measureWith(manager, meter);
    manager.addExecuteTask("job", ({ note, done }) => {
      note("restarts in 1 ms");
      note("listening");
      return done;
    });
    manager.stop();
    await errors;
    unsubscribe();
    assertEquals(log, [
      "task.active 1",
      "task.restart 1",
      "stage.duration 0 early execute clean",
      "task.active -1",
      "stage.duration 0 execute clean",
      "stage.duration 0 early cleanup clean",
    ]);
  });

  it("does not take execute tasks for those that began before", async () => {
    const { meter, log } = fakeMeter();
    const manager = new TaskManager();
    const { errors } = await running(manager);
    const { reached, open } = gate();
    const type = "error";
    const early = manager.addExecuteTask("early", () => reached, { type });
    measureWith(manager, meter);
    manager.addExecuteTask("late", ({ done }) => done, { type });
    open();
    await early.finished;
    assertEquals(log, ["task.active 1"]);
    manager.stop();
    await errors;
    assertEquals(log.slice(1), [
      "task.active -1",
      "stage.duration 0 execute clean",
    ]);
  });

  it("does not take an execute task for a task of its name", async () => {
    const { meter, log } = fakeMeter();
    const manager = new TaskManager();
    manager.addTask("job", { initialize: () => {} });
    manager.addExecuteTask("job", () => {}, { type: "error" });
    measureWith(manager, meter);
    await runAndStop(manager);
    assertEquals(log.slice(0, 5), [
      "stage.duration 0 job initialize clean",
      "task.active 1 job",
      "task.active 1",
      "task.active -1",
      "stage.duration 0 execute clean",
    ]);
  });

  it("measures what threw something that cannot be read", async () => {
    const { meter, log } = fakeMeter();
    const manager = new TaskManager();
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    measureWith(manager, meter);
    manager.addTask("it", { cleanup: () => Promise.reject(proxy) });
    await runAndStop(manager);
    assertEquals(log.at(-1), "stage.duration 0 it cleanup failed _OTHER");
  });

  it("takes away who is still active when it is ended", async () => {
    const { meter, log } = fakeMeter();
    const manager = new TaskManager();
    const unsubscribe = measureWith(manager, meter);
    manager.addTask("it", { execute: ({ done }) => done });
    const { errors } = await running(manager);
    log.length = 0;
    unsubscribe();
    assertEquals(log, ["task.active -1 it"]);
    manager.stop();
    await errors;
    assertEquals(log.length, 1);
  });

  it("names a failure by its code where nothing was thrown", async () => {
    const { meter, log } = fakeMeter();
    const manager = new TaskManager();
    measureWith(manager, meter);
    manager.addTask("it", { execute: () => {} });
    await manager.runSettled();
    assertEquals(
      log.filter((line) => line.includes("execute")),
      ["stage.duration 0 it execute unexpected-stop UNEXPECTED_STOP"],
    );
  });
});
