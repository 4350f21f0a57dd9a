import { type Task, TaskContext, TaskManager } from "@goasync/core";
import { childProcess } from "@goasync/core/tasks/child-process";
import { repeatable } from "@goasync/core/tasks/repeatable";
import { repeatTimer } from "@goasync/core/tasks/repeat-timer";
import { schedule } from "@goasync/core/tasks/schedule";
import { supervise } from "@goasync/core/tasks/supervise";
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { tmpdir } from "node:os";
import { realpathSync } from "node:fs";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { FakeProcess } from "../helpers/fake_process.ts";
import { gate } from "../helpers/gate.ts";
import { asked, RunningChild } from "./running_child.ts";

const RUNS = "runs as process …";

async function messages(child: RunningChild): Promise<string[]> {
  return (await child.errors).map(({ message }) => message);
}

describe("childProcess()", () => {
  it("starts a child, and asks it to stop when its signal aborts", async () => {
    const child = new RunningChild(
      asked("echo asked; exit 0"),
    );
    await child.printed(/up/);
    await child.manager.stop();
    assertEquals(await child.errors, []);
    assertEquals(child.lines, ["up", "asked"]);
    assertEquals(child.notes, [RUNS]);
  });

  it("notes the number of its process", async () => {
    const child = new RunningChild("echo $$; exec sleep 60");
    await child.printed(/\d+/);
    const { tasks: [task] } = child.manager.report();
    const [pid] = child.lines;
    assertEquals(task?.notes?.[0]?.message, `runs as process ${pid}`);
    assertEquals(task?.notes?.[0]?.details, { pid: Number(pid) });
    await child.manager.stop();
  });

  it("sends the signal that is chosen, and takes any end for a clean one", async () => {
    const child = new RunningChild(
      asked("echo asked; exit 7", "INT"),
      { stopSignal: "SIGINT" },
    );
    await child.printed(/up/);
    await child.manager.stop();
    assertEquals(await child.errors, []);
    assertEquals(child.lines, ["up", "asked"]);
    assertEquals(child.notes, [RUNS, "has ended with exit code 7"]);
  });

  it("kills what does not stop within the grace", async () => {
    const child = new RunningChild(
      asked(""),
      { grace: 50 },
    );
    await child.printed(/up/);
    await child.manager.stop();
    assertEquals(await child.errors, []);
    assertEquals(child.notes, [RUNS, "killed it, 50 ms after SIGTERM"]);
  });

  it("kills it at once where that is asked for", async () => {
    const child = new RunningChild("echo up; exec sleep 60", {
      stopSignal: "SIGKILL",
    });
    await child.printed(/up/);
    await child.manager.stop();
    assertEquals(await child.errors, []);
    assertEquals(child.notes, [RUNS]);
  });

  it("kills it at once when it is left behind", async () => {
    const manager = new TaskManager({ stopTimeout: 50 });
    const child = new RunningChild(
      asked(""),
      { grace: 60_000 },
      manager,
    );
    await child.printed(/up/);
    await manager.stop();
    const [error, ...others] = await child.errors;
    assertEquals([error?.code, error?.stage, others], [
      "TIMEOUT",
      "execute",
      [],
    ]);
    assertEquals(child.notes, [RUNS]);
  });

  it("runs with the arguments, the environment and the folder it is given", async () => {
    process.env.GOASYNC_OURS = "ours";
    process.env.GOASYNC_GONE = "gone";
    const folder = realpathSync(tmpdir());
    for (const cwd of [folder, pathToFileURL(folder)]) {
      const env = { GOASYNC_ITS: "its", GOASYNC_GONE: undefined };
      const child = new RunningChild(
        'echo "$GOASYNC_OURS $GOASYNC_GONE $GOASYNC_ITS"; pwd; exec sleep 60',
        { env, cwd },
      );
      env.GOASYNC_ITS = "changed later";
      await child.printed(/^\//);
      await child.manager.stop();
      assertEquals(child.lines, ["ours  its", folder]);
    }
    delete process.env.GOASYNC_OURS;
    delete process.env.GOASYNC_GONE;
  });

  it("can be run again, but not twice at a time", async () => {
    const task = childProcess("sleep", { args: ["60"] });
    for (let run = 0; run < 2; run++) {
      const manager = new TaskManager();
      manager.addTask("one", task);
      manager.addTask("two", task);
      const [error, ...others] = await manager.runSettled();
      assertEquals(others, []);
      assertEquals(
        error?.message,
        'Task "two" failed in initialize: Cannot initialize task "two" as it is in a run already: make one for each',
      );
    }
  });

  it("may be added while its manager runs, and is started then", async () => {
    const manager = new TaskManager();
    const lines: string[] = [];
    const child = (script: string) =>
      childProcess("sh", {
        args: ["-c", script],
        onLine: (line) => lines.push(line),
      });
    manager.addExecuteTask("job", async () => {
      const short = child("echo short");
      const { finished } = manager.addExecuteTask("short", short, {
        type: "error",
      });
      assertEquals(await finished, "clean");
      manager.addExecuteTask("long", child("echo long; exec sleep 60"));
      while (lines.length < 2) await new Promise((end) => setTimeout(end, 1));
      void manager.stop();
    }, { type: "error" });
    assertEquals(await manager.runSettled(), []);
    assertEquals(lines, ["short", "long"]);
  });

  it("is started anew by whoever executes it again", async () => {
    const wraps = {
      repeatable,
      repeatTimer: (task: Task) => repeatTimer(1, task),
      schedule: (task: Task) => schedule((after) => new Date(+after + 1), task),
    };
    for (const [name, wrap] of Object.entries(wraps)) {
      const manager = new TaskManager();
      const pids = new Set<string>();
      const child = childProcess("sh", {
        args: ["-c", "echo $$; exit 3"],
        onLine: (pid) => {
          if (pids.add(pid).size === 3) void manager.stop();
        },
      });
      manager.addTask(name, wrap(child));
      assertEquals(await manager.runSettled(), []);
    }
  });

  it("is executed once at a time", async () => {
    const manager = new TaskManager();
    const task = childProcess("sleep", { args: ["60"] });
    manager.addExecuteTask("one", task);
    manager.addExecuteTask("two", task);
    const [error, ...others] = await manager.runSettled();
    assertEquals(others, []);
    assertEquals(
      error?.message,
      'Task "two" failed in execute: Cannot execute task "two" as it is in a run already: make one for each',
    );
  });

  it("is stopped by its cleanup though nobody takes its notes", async () => {
    const context = new TaskContext({
      name: "it",
      onNote() {
        throw new Error("not taken");
      },
    });
    const lines: string[] = [];
    const { reached, open } = gate();
    const { initialize, cleanup } = childProcess("sh", {
      args: ["-c", asked("echo asked; exit 0")],
      onLine(line) {
        lines.push(line);
        open();
      },
    });
    await assertRejects(
      async () => await initialize(context),
      Error,
      "not taken",
    );
    await reached;
    await cleanup(context);
    assertEquals(lines, ["up", "asked"]);
  });

  it("fails when it cannot be started then", async () => {
    const manager = new TaskManager();
    manager.addExecuteTask("it", childProcess("goasync-nope"));
    const [error, ...others] = await manager.runSettled();
    assertEquals(others, []);
    assertEquals(
      error?.message,
      'Task "it" failed in execute: Cannot start "goasync-nope" as there is no such program',
    );
  });

  it("is not there for a wrapper that executes it although it could not be started", async () => {
    const context = new TaskContext({ name: "it" });
    const { initialize, execute } = childProcess("goasync-nope");
    await assertRejects(async () => await initialize(context), Error);
    assertEquals(await execute(context), undefined);
  });

  it("is started again by supervise()", async () => {
    const manager = new TaskManager();
    let lives = 0;
    const third = gate();
    const child = supervise({
      create: () =>
        childProcess("sh", {
          args: ["-c", "echo $$; exec sleep 60"],
          onLine(pid) {
            if (++lives === 3) third.open();
            else process.kill(Number(pid), "SIGKILL");
          },
        }),
    }, { backoff: { min: 1 } });
    manager.addTask("child", child);
    const errors = manager.runSettled();
    await third.reached;
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(child.restarts, 2);
  });
});

describe("childProcess(), when the child ends by itself,", () => {
  it("fails with its exit code and its last lines", async () => {
    const child = new RunningChild("echo one; echo two >&2; exit 3");
    const [error, ...others] = await child.errors;
    assertEquals(others, []);
    assertMatch(
      error!.message,
      /^Task "child" failed in execute: "sh" has ended with exit code 3; its last lines are:\\n(one\\ntwo|two\\none)$/,
    );
    const { exitCode, signal } = Object(error?.cause);
    assertEquals([exitCode, signal], [3, null]);
  });

  it("fails with the signal that has ended it", async () => {
    const child = new RunningChild("kill -KILL $$");
    const [error] = await child.errors;
    assertEquals(
      error?.message,
      'Task "child" failed in execute: "sh" was ended by SIGKILL',
    );
    const { exitCode, signal } = Object(error?.cause);
    assertEquals([exitCode, signal], [null, "SIGKILL"]);
  });

  it("keeps the last 20 lines, and 4,000 characters of them", async () => {
    const many = new RunningChild("seq 1 100; exit 1");
    const [manyLines = ""] = await messages(many);
    assertEquals(
      manyLines.split("\\n").slice(1),
      Array.from({ length: 20 }, (_, at) => `${81 + at}`),
    );
    const long = new RunningChild(
      "echo before; head -c 9000 /dev/zero | tr '\\0' x; echo; echo after; exit 1",
    );
    const [longLine = ""] = await messages(long);
    assertEquals(longLine.split("\\n").slice(1), ["after"]);
  });

  it("has ended cleanly with exit code 0", async () => {
    const manager = new TaskManager();
    const lines: string[] = [];
    manager.addTask(
      "batch",
      childProcess("sh", {
        args: ["-c", "echo done"],
        onLine: (line) => lines.push(line),
      }),
      { type: "stop-group" },
    );
    assertEquals(await manager.runSettled(), []);
    assertEquals(lines, ["done"]);
    assertEquals(await messages(new RunningChild("exit 0")), [
      'Task "child" returned from execute before it was told to stop: use type "error" for a task that may end',
    ]);
  });

  it("fails although others were initialized meanwhile", async () => {
    const manager = new TaskManager();
    const { reached, open } = gate();
    const child = childProcess("sh", {
      args: ["-c", "echo up; exit 3"],
      onLine: open,
    });
    manager.addTask("child", child);
    manager.addTask("slow", { initialize: () => reached });
    const errors = await manager.runSettled();
    assertEquals(errors.map(({ message }) => message), [
      'Task "child" failed in execute: "sh" has ended with exit code 3; its last lines are:\\nup',
    ]);
  });
});

describe("childProcess() of what cannot be started", () => {
  const failure = async (command: string, cwd?: string) => {
    const manager = new TaskManager();
    manager.addTask("child", childProcess(command, { cwd, onLine: () => {} }));
    const [error, ...others] = await manager.runSettled();
    assertEquals([error?.stage, others], ["initialize", []]);
    const cause = Object(error?.cause);
    return [cause.message, cause.code, cause.cause instanceof Error];
  };

  it("names a program that does not exist", async () => {
    assertEquals(await failure("goasync-nope"), [
      'Cannot start "goasync-nope" as there is no such program',
      "ENOENT",
      true,
    ]);
  });

  it("names a folder that may not exist", async () => {
    assertEquals(await failure("sh", "/goasync-nope"), [
      'Cannot start "sh" as there is no such program, or no folder "/goasync-nope"',
      "ENOENT",
      true,
    ]);
  });

  it("names a file that may not be executed", async () => {
    assertEquals(await failure("/etc/passwd"), [
      'Cannot start "/etc/passwd" as it may not be executed',
      "EACCES",
      true,
    ]);
  });

  it("names whatever else is wrong", async () => {
    const [message] = await failure("sh\0");
    assertMatch(message, /^Cannot start "sh\0" as ./);
  });
});

describe("childProcess() with stopOn", () => {
  const run = async (stopOn: "signal" | "draining") => {
    const manager = new TaskManager();
    const log: string[] = [];
    const up = gate();
    const { kill } = process;
    using _os = new FakeProcess([], {
      killOther(pid, name) {
        if (name === "SIGTERM") log.push("is sent SIGTERM");
        kill.call(process, pid, name);
      },
    });
    const child = new RunningChild(
      asked("echo asked; sleep 0.1; echo ended; exit 0"),
      {
        stopOn,
        onLine: (line) => {
          log.push(line);
          if (line === "up") up.open();
        },
      },
      manager,
    );
    await up.reached;
    manager.addExecuteTask("other", {
      execute: async ({ done }) => {
        await done;
        log.push("aborted");
      },
      async drain() {
        log.push("drains");
        await Promise.resolve();
        log.push("drained");
      },
    });
    await manager.stop();
    assertEquals(await child.errors, []);
    return log;
  };

  it('"draining" asks it as soon as it is told, and holds up the others', async () => {
    assertEquals(await run("draining"), [
      "up",
      "is sent SIGTERM",
      "drains",
      "drained",
      "asked",
      "ended",
      "aborted",
    ]);
  });

  it('"signal" asks it when the drains are over', async () => {
    assertEquals(await run("signal"), [
      "up",
      "drains",
      "drained",
      "is sent SIGTERM",
      "aborted",
      "asked",
      "ended",
    ]);
  });

  it("has nothing to drain before it is started", async () => {
    const { drain } = childProcess("sleep", { stopOn: "draining" });
    const context = new TaskContext({ name: "it" });
    assertEquals(await drain?.(context), undefined);
  });
});
