import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { once } from "node:events";
import process from "node:process";
import { Readable } from "node:stream";
import { gate } from "../helpers/gate.ts";
import { asked, RunningChild } from "./running_child.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("the input of childProcess()", () => {
  it("is a text, bytes, or any iterable of them", async () => {
    const inputs = [
      "one\ntwo\n",
      bytes("one\ntwo\n"),
      ["one\n", bytes("two\n")],
      new Set(["one\n", "two\n"]),
      new ReadableStream<string>({
        start(controller) {
          controller.enqueue("one\n");
          controller.enqueue("two\n");
          controller.close();
        },
      }),
    ];
    for (const input of inputs) {
      const child = new RunningChild("cat; exit 3", { input });
      await child.errors;
      assertEquals(child.lines, ["one", "two"]);
    }
  });

  it("is nothing if it is left out", async () => {
    const child = new RunningChild("cat; echo read");
    await child.errors;
    assertEquals(child.lines, ["read"]);
  });

  it("is asked for more when the child can take it", async () => {
    let given = 0;
    function* endless() {
      for (;;) {
        given++;
        yield "x".repeat(100_000);
      }
    }
    const child = new RunningChild("echo up; exec sleep 60", {
      input: endless(),
    });
    await child.printed(/up/);
    await child.manager.stop();
    assertEquals(given < 50, true, `${given} pieces`);
  });

  it("may be more than the child reads", async () => {
    let isReturned = false;
    function* endless() {
      try {
        for (;;) yield "line\n".repeat(1_000);
      } finally {
        isReturned = true;
      }
    }
    const child = new RunningChild("head -n1; exit 3", { input: endless() });
    const [error] = await child.errors;
    assertMatch(error!.message, /exit code 3; its last lines are:\\nline$/);
    assertEquals(isReturned, true);
  });

  it("is let go of when the child has ended, though it waits", async () => {
    const { reached: cancelled, open: cancel } = gate();
    const readable = new Readable({ read() {} });
    for (const input of [readable, new ReadableStream<string>({ cancel })]) {
      const child = new RunningChild("exit 3", { input });
      const [error, ...others] = await child.errors;
      assertEquals(others, []);
      assertEquals(Object(error?.cause).exitCode, 3);
    }
    await cancelled;
    assertEquals(readable.destroyed, true);
  });

  it("is let go of when the child reads no more, and goes on", async () => {
    const readable = new Readable({ read() {} });
    const closed = once(readable, "close");
    const child = new RunningChild(
      `exec <&-; trap 'echo goes on' USR1; ${asked("exit 0")}`,
      { input: readable },
    );
    await child.printed(/up/);
    readable.push("more\n");
    await closed;
    process.kill(child.pid, "SIGUSR1");
    await child.printed(/goes on/);
    await child.manager.stop();
    assertEquals(await child.errors, []);
    assertEquals(child.notes, ["runs as process …"]);
  });

  it("stops the child when it fails, and fails the task", async () => {
    async function* failing(): AsyncGenerator<string> {
      yield "one\n";
      await child.printed(/one/);
      throw new Error("no more");
    }
    const child = new RunningChild("exec cat", { input: failing() });
    const [error, ...others] = await child.errors;
    assertEquals(others, []);
    assertEquals(
      error?.message,
      'Task "child" failed in execute: "sh" was stopped as its input has failed: no more; its last lines are:\\none',
    );
    assertEquals(Object(error?.cause).cause.message, "no more");
  });

  it("fails the task, too, when the child ends well as it is stopped", async () => {
    async function* failing(): AsyncGenerator<string> {
      yield "one\n";
      await child.printed(/up/);
      throw new Error("no more");
    }
    const script = `head -n1; ${asked("exit 0")}`;
    const child = new RunningChild(script, { input: failing() });
    const [error] = await child.errors;
    assertMatch(error!.message, /was stopped as its input has failed: no more/);
  });

  it("may fail once the child is asked to stop", async () => {
    const { reached, open } = gate();
    async function* failing() {
      yield "one\n";
      await reached;
      throw new Error("no more");
    }
    const child = new RunningChild(
      `head -n1; ${asked("sleep 0.1; exit 0")}`,
      { input: failing() },
    );
    await child.printed(/up/);
    const stopped = child.manager.stop();
    open();
    await stopped;
    assertEquals(await child.errors, []);
  });
});
