import { TaskManager } from "@goasync/core";
import { inWorker } from "@goasync/core/tasks/worker";
import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { runProgram } from "../helpers/run_program.ts";
import type { WorkerData } from "./programs/worker_task.ts";

const url = new URL("programs/worker_task.ts", import.meta.url);

/** Runs a task in a worker until it executes, and then stops it. */
async function runUntilExecuting(spins: boolean) {
  const notes: string[] = [];
  const limits = spins ? { drainTimeout: 50, stopTimeout: 50 } : {};
  const manager = new TaskManager(limits);
  manager.subscribe((event) => {
    if (event.type !== "note") return;
    notes.push(event.message);
    if (event.message === "executes") manager.stop(new Error("the test"));
  });
  const data: WorkerData = { spins };
  manager.addTask("it", inWorker<WorkerData>(url, { data }));
  const errors = await manager.runSettled();
  return { notes, errors: errors.map(({ message }) => message) };
}

describe("inWorker() on Deno", () => {
  it("calls the stages of a task in a module of TypeScript", async () => {
    assertEquals(await runUntilExecuting(false), {
      notes: ["initializes it", "executes", "drains by the test", "cleans up"],
      errors: [],
    });
  });

  it("ends a thread that never yields", async () => {
    assertEquals(await runUntilExecuting(true), {
      notes: ["initializes it", "executes", "terminated its worker"],
      errors: [
        'Task "it" timed out in execute: stopTimeout of 50 ms is over',
      ],
    });
  });

  it("says which permission the worker lacks", async () => {
    const { href } = new URL("programs/worker_denied.ts", import.meta.url);
    const { code, lines } = await runProgram(
      new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--no-lock", "--no-prompt", href],
        env: { NO_COLOR: "1" },
        stdout: "piped",
        stderr: "piped",
      }),
    );
    assertEquals(code, 0);
    assertMatch(
      lines.join("\n"),
      /^Task "it" failed in initialize: Cannot load the worker file:.+\/worker_task\.ts: Requires read access to ".+\/worker_task\.ts"/,
    );
  });
});
