import {
  type AddTaskOptions,
  TaskManager,
  type TaskManagerOptions,
} from "@goasync/core";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { gate } from "../helpers/gate.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { LONGEST_TIMEOUT, started } from "../helpers/timeouts.ts";

/** All of them, and those that a task has. */
const KEYS = [
  "initializeTimeout",
  "stopTimeout",
  "cleanupTimeout",
  "drainTimeout",
  "shutdownTimeout",
] as const;
const PER_TASK = [
  "initializeTimeout",
  "stopTimeout",
  "cleanupTimeout",
  "drainTimeout",
] as const;
/** What is no time. */
const NO_TIMES = [-1, -Infinity, NaN, "5", null, 5n, {}];

describe("rule 18: the timeouts of a TaskManager", () => {
  for (const key of KEYS) {
    it(`throws RangeError for a ${key} that is none`, () => {
      for (const bad of NO_TIMES) {
        const { message } = assertThrows(
          () => new TaskManager({ [key]: bad }),
          RangeError,
          `Cannot create a TaskManager as '${key}' must be`,
        );
        assertStringIncludes(message, "current value is");
      }
    });

    it(`takes ${key} of 0, undefined, Infinity and more than one timer can take`, () => {
      for (const ms of [0, 0.5, undefined, Infinity, LONGEST_TIMEOUT + 1]) {
        assertEquals(new TaskManager({ [key]: ms }).state, "idle");
      }
    });
  }

  for (const key of PER_TASK) {
    it(`throws RangeError for the ${key} of a task that is none, and takes nothing`, async () => {
      const manager = new TaskManager();
      for (const bad of NO_TIMES) {
        const { message } = assertThrows(
          () =>
            manager.addTask("it", { execute: untilStopped }, {
              [key]: bad,
            } as AddTaskOptions),
          RangeError,
          `'${key}' must be`,
        );
        assertStringIncludes(message, '"it"');
      }
      assertEquals(manager.tasks, []);
      assertEquals(manager.state, "idle");
      await manager.stop();
    });
  }

  it("throws RangeError for those of an execute task, too", async () => {
    const manager = new TaskManager();
    for (const key of ["stopTimeout", "drainTimeout"]) {
      assertThrows(
        () => manager.addExecuteTask("it", () => {}, { [key]: -1 }),
        RangeError,
        `Cannot add execute task "it" as '${key}' must be`,
      );
    }
    assertEquals(manager.tasks, []);
    await manager.stop();
  });

  it("throws TypeError for options that are no object", () => {
    for (const bad of [null, 5, "no", true]) {
      assertThrows(
        () => new TaskManager(bad as unknown as TaskManagerOptions),
        TypeError,
        "Cannot create a TaskManager as the options must be an object",
      );
    }
  });

  it("are none by default, and start no timer", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const manager = new TaskManager();
    const initializes = gate();
    const executes = gate();
    const drains = gate();
    const cleans = gate();
    manager.addTask("slow", {
      initialize: () => initializes.reached,
      execute: () => executes.reached,
      drain: () => drains.reached,
      cleanup: () => cleans.reached,
    });
    const { errors } = await started(manager, time);
    initializes.open();
    await time.runMicrotasks();
    assertEquals(manager.state, "executing");
    manager.stop();
    assertEquals(manager.state, "draining");
    drains.open();
    executes.open();
    await time.runMicrotasks();
    assertEquals(manager.state, "cleaning-up");
    cleans.open();
    assertEquals(await errors, []);
    assertEquals(timers.started, 0);
  });

  for (const shutdownTimeout of [0, 100]) {
    for (const above of [0, 0.5, Infinity]) {
      const drainTimeout = shutdownTimeout + above;
      const title =
        `throws RangeError for a drainTimeout of ${drainTimeout} that is not below a shutdownTimeout of ${shutdownTimeout}`;
      it(title, () => {
        assertThrows(
          () => new TaskManager({ drainTimeout, shutdownTimeout }),
          RangeError,
          `Cannot create a TaskManager as 'drainTimeout' must be below the 'shutdownTimeout' of ${shutdownTimeout} ms: current value is ${drainTimeout} (number)`,
        );
      });
    }
  }

  it("throws RangeError for the drainTimeout of a task that is not below the shutdownTimeout, and takes nothing", async () => {
    const manager = new TaskManager({ shutdownTimeout: 100, drainTimeout: 50 });
    for (const drainTimeout of [100, 101, Infinity]) {
      const expected =
        `"it" as 'drainTimeout' must be below the 'shutdownTimeout' of 100 ms`;
      assertThrows(
        () => manager.addTask("it", { drain: () => {} }, { drainTimeout }),
        RangeError,
        `Cannot add task ${expected}`,
      );
      assertThrows(
        () => manager.addExecuteTask("it", untilStopped, { drainTimeout }),
        RangeError,
        `Cannot add execute task ${expected}`,
      );
    }
    assertEquals(manager.tasks, []);
    await manager.stop();
  });

  it("takes any drainTimeout where the whole stop has no limit, and else one that is just below", () => {
    for (
      const options of [
        { drainTimeout: 1e9 },
        { drainTimeout: Infinity, shutdownTimeout: Infinity },
        { drainTimeout: Infinity, shutdownTimeout: undefined },
        { drainTimeout: undefined, shutdownTimeout: 0 },
        { drainTimeout: 99.9, shutdownTimeout: 100 },
      ]
    ) {
      assertEquals(new TaskManager(options).state, "idle");
    }
  });

  it("are heeded when the options of a task have them from their class", () => {
    class Options {
      get stopTimeout() {
        return -1;
      }
    }
    assertThrows(
      () => new TaskManager().addExecuteTask("it", () => {}, new Options()),
      RangeError,
      "'stopTimeout'",
    );
  });
});
