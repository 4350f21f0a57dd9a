import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import process from "node:process";
import { FakeProcess } from "../helpers/fake_process.ts";
import { asked, RunningChild } from "./running_child.ts";

const RUNS = "runs as process …";

describe("childProcess() with a group of its own", () => {
  it("stops what the child has started", async () => {
    const child = new RunningChild(
      `(${asked("echo grandchild asked; exit 0")}) & wait`,
    );
    await child.printed(/up/);
    await child.manager.stop();
    assertEquals(child.lines, ["up", "grandchild asked"]);
    assertEquals(child.notes, [RUNS]);
  });

  it("gives the rest of the grace to what is left when the child has ended", async () => {
    const child = new RunningChild(
      `(${asked("sleep 0.2; echo grandchild ends; exit 0")}) & exec sleep 60`,
    );
    await child.printed(/up/);
    await child.manager.stop();
    assertEquals(child.lines, ["up", "grandchild ends"]);
    assertEquals(child.notes, [RUNS]);
  });

  it("kills what is left after the grace", async () => {
    const child = new RunningChild(
      `(${asked("")}) & exec sleep 60`,
      { grace: 10 },
    );
    await child.printed(/up/);
    process.kill(child.pid, "SIGKILL");
    const [error] = await child.errors;
    assertEquals(Object(error?.cause).signal, "SIGKILL");
    assertEquals(child.notes, [
      RUNS,
      "killed what it has left, 10 ms after SIGTERM",
    ]);
  });

  it("does not wait for ever for what cannot be killed", async () => {
    const { kill } = process;
    using _os = new FakeProcess([], {
      killOther(pid, name) {
        if (name !== "SIGKILL") kill.call(process, pid, name);
      },
    });
    const child = new RunningChild(`(${asked("")}) & exec sleep 60`, {
      grace: 10,
    });
    await child.printed(/up/);
    kill.call(process, child.pid, "SIGKILL");
    await child.errors;
    kill.call(process, -child.pid, "SIGKILL");
    assertEquals(child.notes, [
      RUNS,
      "killed what it has left, 10 ms after SIGTERM",
      "its output is held open by a process that it has started",
    ]);
  });

  it("stops what is left when the child ends by itself", async () => {
    const child = new RunningChild(
      `trap 'exit 4' USR1; (${asked("echo grandchild asked; exit 0")}) & wait`,
    );
    await child.printed(/up/);
    process.kill(child.pid, "SIGUSR1");
    const [error] = await child.errors;
    assertEquals(Object(error?.cause).exitCode, 4);
    assertEquals(child.lines, ["up", "grandchild asked"]);
    assertEquals(child.notes, [RUNS]);
  });
});

describe("childProcess() without a group of its own", () => {
  it("stops the child alone", async () => {
    const child = new RunningChild(
      "trap 'echo asked; exit 0' TERM; sleep 60 & echo $!; while :; do sleep 0.01; done",
      { ownGroup: false },
    );
    await child.printed(/^\d+$/);
    await child.manager.stop();
    assertEquals(await child.errors, []);
    const [grandchild, ...others] = child.lines;
    assertEquals(others, ["asked"]);
    // It holds the output open, and is there until it is killed here.
    assertEquals(child.notes, [
      RUNS,
      "its output is held open by a process that it has started",
    ]);
    process.kill(Number(grandchild), "SIGKILL");
  });
});
