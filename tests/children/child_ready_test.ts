import { TaskManager } from "@goasync/core";
import { childProcess } from "@goasync/core/tasks/child-process";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { asked, RunningChild } from "./running_child.ts";

const RUNS = "runs as process …";

/** Resolves when the manager of a child executes, or its run is over. */
async function executing(child: RunningChild): Promise<void> {
  const { reached, open } = gate();
  child.manager.addExecuteTask("up", open, { type: "error" });
  await Promise.race([reached, child.errors]);
}

describe("childProcess() with ready", () => {
  it("waits for a line that matches, on either output", async () => {
    for (const output of ["", ">&2"]) {
      const child = new RunningChild(
        `echo half; echo is ready ${output}; exec sleep 60`,
        { ready: /ready$/g },
      );
      await executing(child);
      assert(child.lines.some((line) => line.endsWith("is ready")));
      await child.manager.stop();
      assertEquals(await child.errors, []);
    }
  });

  it("waits for a function, whose signal aborts when it is over", async () => {
    const { reached, open } = gate();
    let signal: AbortSignal | undefined;
    const child = new RunningChild("exec sleep 60", {
      ready: async (given) => {
        signal = given;
        await reached;
      },
    });
    const up = executing(child);
    while (!signal) await new Promise((resolve) => setTimeout(resolve, 1));
    assertEquals([child.manager.state, signal.aborted], [
      "initializing",
      false,
    ]);
    open();
    await up;
    assertEquals([child.manager.state, signal.aborted], ["executing", true]);
    await child.manager.stop();
    assertEquals(await child.errors, []);
  });

  it("fails when the child ends before, and says how", async () => {
    for (const ready of [/ready/, () => new Promise(() => {})]) {
      const child = new RunningChild("echo half; exit 3", { ready });
      const [error, ...others] = await child.errors;
      assertEquals(others, []);
      assertEquals(
        error?.message,
        'Task "child" failed in initialize: "sh" has ended with exit code 3 before it was ready; its last lines are:\\nhalf',
      );
    }
    const child = new RunningChild("exit 0", { ready: /ready/ });
    const [error] = await child.errors;
    assertEquals(
      error?.message,
      'Task "child" failed in initialize: "sh" has ended with exit code 0 before it was ready',
    );
  });

  it("fails with what the function throws, and stops the child", async () => {
    for (const wait of [failing, async () => await failing()]) {
      const child = new RunningChild(
        asked("echo asked; exit 0"),
        {
          ready: async () => {
            await child.printed(/up/);
            await wait();
          },
        },
      );
      const [error, ...others] = await child.errors;
      assertEquals(others, []);
      assertEquals(
        error?.message,
        'Task "child" failed in initialize: not yet',
      );
      assertEquals(child.lines, ["up", "asked"]);
    }
  });

  it("kills the child at once when it is not ready in time", async () => {
    const manager = new TaskManager({ initializeTimeout: 100 });
    const child = new RunningChild(
      asked(""),
      { ready: /ready/, grace: 60_000 },
      manager,
    );
    const [error, ...others] = await child.errors;
    assertEquals([error?.code, error?.stage, others], [
      "TIMEOUT",
      "initialize",
      [],
    ]);
    assertEquals(child.notes, [RUNS]);
  });

  it("is stopped before it is ready", async () => {
    let signal: AbortSignal | undefined;
    const child = new RunningChild(
      asked("echo asked; exit 0"),
      {
        ready: (given) => {
          signal = given;
          return new Promise(() => {});
        },
      },
    );
    await child.printed(/up/);
    await child.manager.stop();
    assertEquals(await child.errors, []);
    assertEquals(child.lines, ["up", "asked"]);
    assertEquals(signal?.aborted, true);
  });

  it("is killed when it is left behind in its cleanup", async () => {
    const manager = new TaskManager({ cleanupTimeout: 50 });
    const child = childProcess("sh", {
      args: ["-c", asked("")],
      ready: /never/,
      grace: 60_000,
      onLine: () => void manager.stop(),
    });
    let cleanedUp: Promise<void> | undefined;
    manager.addTask("child", {
      ...child,
      cleanup: (context) => cleanedUp = child.cleanup(context),
    });
    const [error, ...others] = await manager.runSettled();
    assertEquals(others, []);
    assertEquals([error?.code, error?.stage], ["TIMEOUT", "cleanup"]);
    await cleanedUp;
  });
});

function failing(): never {
  throw new Error("not yet");
}
