import {
  type ManagerEvent,
  type TaskContext,
  TaskManager,
} from "@goasync/core";
import { repeatable, repeatTimer } from "@goasync/core/tasks";
import { interruptible } from "@goasync/core/tasks/interruptible";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeProcess } from "../helpers/fake_process.ts";
import { AwaitedLog } from "../helpers/awaited_log.ts";
import { logged } from "../helpers/generations.ts";

/** The messages of the notes that a report has of a manager's only task. */
function notesOf(manager: TaskManager): string[] {
  const { tasks } = manager.report();
  return tasks[0]!.notes?.map(({ message }) => message) ?? [];
}

/** Throws what it is given, one a run, and stops before it throws the last. */
function throwing(manager: TaskManager, all: readonly unknown[]) {
  let runs = 0;
  return ({ signal }: TaskContext) => {
    const thrown = all[runs++];
    if (runs === all.length) manager.stop();
    throw thrown === "its reason" ? signal.reason : thrown;
  };
}

const WRAPPERS = [
  {
    name: "repeatable",
    wrap: (task: (context: TaskContext) => void) =>
      repeatable(task, { backoff: false }),
  },
  {
    name: "repeatTimer",
    wrap: (task: (context: TaskContext) => void) => repeatTimer(0, task),
  },
];

for (const { name, wrap } of WRAPPERS) {
  describe(`${name}() notes`, () => {
    it("each error of a run, but not a clean stop", async () => {
      const manager = new TaskManager();
      const thrown = [new Error("no connection"), "bye", 5, "its reason"];
      manager.addTask("it", wrap(throwing(manager, thrown)));
      await manager.run();
      assertEquals(notesOf(manager), [
        "failed: no connection",
        "failed: bye",
        "failed: 5 (number)",
      ]);
    });

    it("an error after the stop, too", async () => {
      const manager = new TaskManager();
      const task = throwing(manager, [new Error("no connection")]);
      manager.addTask("it", wrap(task));
      await manager.run();
      assertEquals(notesOf(manager), ["failed: no connection"]);
    });

    it("nothing of runs that succeed", async () => {
      const manager = new TaskManager();
      let runs = 0;
      const task = wrap(() => {
        if (++runs === 3) manager.stop();
      });
      manager.addTask("it", task);
      await manager.run();
      assertEquals(notesOf(manager), []);
    });

    it("so that who listens hears of it at once", async () => {
      const manager = new TaskManager();
      const heard: string[] = [];
      manager.subscribe((event: ManagerEvent) => {
        if (event.type !== "note") return;
        heard.push(`${event.path.join("/")}: ${event.message}`);
        manager.stop();
      });
      const task = wrap(() => {
        throw new Error("no connection");
      });
      manager.addTask("it", task);
      await manager.run();
      assertEquals(heard, ["it: failed: no connection"]);
    });
  });
}

describe("interruptible() notes", () => {
  it("that it starts anew, and why, for each time", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const task = interruptible(["SIGHUP", "SIGUSR2"], logged(log));
    manager.addTask("it", task);
    const run = manager.runSettled();
    await log.length(2);
    os.raise("SIGHUP");
    os.raise("SIGUSR2"); // It is to start anew once more.
    os.raise("SIGHUP"); // Which says nothing new.
    await log.length(7);
    manager.stop();
    os.raise("SIGHUP");
    assertEquals(await run, []);
    assertEquals(notesOf(manager), [
      "starts anew: received SIGHUP",
      "starts anew: received SIGUSR2",
    ]);
  });
});
