import { TaskManager } from "@goasync/core";
import { resource } from "@goasync/core/tasks/resource";
import {
  type Restart,
  supervise,
  type Supervised,
} from "@goasync/core/tasks/supervise";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Equals } from "../helpers/types.ts";

describe("the type of supervise()", () => {
  it("takes what a manager takes, and what makes it", () => {
    const all: Supervised[] = [
      supervise(() => {}),
      supervise(async ({ signal }) => await Promise.resolve(signal.aborted)),
      supervise({ initialize() {}, cleanup: () => 5 }),
      supervise(resource(() => 5)),
      supervise(new TaskManager().asTask()),
      supervise({ create: () => new TaskManager() }),
      supervise({ create: () => new TaskManager().asTask() }),
      supervise({ create: () => ({ initialize() {} }) }),
      supervise({ create: () => () => {} }),
      supervise({ create: () => ({ done }) => done }),
    ];
    const manager = new TaskManager();
    for (const task of all) {
      manager.addTask("task", task, { type: "stop-group" });
      manager.addExecuteTask("execute task", task);
    }
    assertEquals(manager.tasks.length, 20);
  });

  it("says what can be read, and what onRestart is told", () => {
    const task = supervise(() => {}, {
      onRestart: (restart) => {
        const check: Equals<typeof restart, Restart> = true;
        return check;
      },
    });
    const checks: [
      Equals<typeof task.isUp, boolean>,
      Equals<typeof task.restarts, number>,
      Equals<Restart["error"], unknown>,
      Equals<Restart["stage"], "initialize" | "execute">,
    ] = [true, true, true, true];
    assertEquals(checks.length, 4);
  });

  it("rejects nonsense", () => {
    // Never called: it is about what the compiler says.
    const nonsense = () => {
      // @ts-expect-error there is nothing to supervise
      supervise();
      // @ts-expect-error a text is no task
      supervise("task");
      // @ts-expect-error create makes a task
      supervise({ create: () => 5 });
      // @ts-expect-error create makes it at once
      supervise({ create: async () => await Promise.resolve(() => {}) });
      // @ts-expect-error there is no such stage
      supervise({ exceute() {} });
      // @ts-expect-error there is no such way
      supervise(() => {}, { restart: "never" });
      // @ts-expect-error there is no such way
      supervise(() => {}, { initialize: "ignore" });
      // @ts-expect-error a backoff is an object or false
      supervise(() => {}, { backoff: true });
      // @ts-expect-error a backoff has no such option
      supervise(() => {}, { backoff: { minimum: 5 } });
      // @ts-expect-error an intensity has a time, too
      supervise(() => {}, { intensity: { restarts: 5 } });
      // @ts-expect-error the time is a number
      supervise(() => {}, { intensity: { restarts: 5, within: "1m" } });
      // @ts-expect-error a timeout is a number
      supervise(() => {}, { stopTimeout: "5s" });
      // @ts-expect-error there is no such option
      supervise(() => {}, { drainTimeout: 5 });
      // @ts-expect-error it is told of a restart
      supervise(() => {}, { onRestart: (name: string) => name });
      // @ts-expect-error it can only be read
      supervise(() => {}).isUp = true;
      // @ts-expect-error it can only be read
      supervise(() => {}).restarts = 0;
    };
    assertEquals(typeof nonsense, "function");
  });
});
