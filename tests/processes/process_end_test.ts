import { shutdownSignal } from "@goasync/core/signals";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import process from "node:process";
import { onProcessEnd } from "../../src/signals/process_end.ts";
import { processHere } from "../../src/signals/process_here.ts";
import { asked, RunningChild } from "../children/running_child.ts";
import { gate } from "../helpers/gate.ts";
import { FakeProcess, replaceProcess } from "../helpers/fake_process.ts";

const { kill } = process;

/** A process of ours, on a runtime of such versions. */
class Ours extends FakeProcess {
  /** The OS signals that it has sent to others. */
  readonly sent: string[];

  constructor(versions: Record<string, string> = {}) {
    const sent: string[] = [];
    super([], {
      versions,
      killOther(pid, name) {
        sent.push(name);
        kill.call(process, pid, name);
      },
    });
    this.sent = sent;
  }
}

/** A child that does not stop by itself, once it lives. */
async function living(): Promise<RunningChild> {
  const child = new RunningChild(asked(""), { grace: 60_000 });
  await child.printed(/up/);
  return child;
}

async function assertKilled(child: RunningChild): Promise<void> {
  const [error, ...others] = await child.errors;
  assertEquals(Object(error?.cause).signal, "SIGKILL");
  assertEquals(others, []);
}

async function assertLives(child: RunningChild, { sent }: Ours): Promise<void> {
  assertEquals([child.manager.state, sent], ["executing", []]);
  void child.manager.stop();
  kill.call(process, -child.pid, "SIGKILL");
  assertEquals(await child.errors, []);
}

function countOf({ handlers }: FakeProcess, name: string): number {
  return handlers.filter((each) => each === name).length;
}

/** What the package signal-exit leaves where others find it, until disposed. */
function signalExit(version: number): Disposable {
  const [holder, key] = version === 3
    ? [processHere()!, "__signal_exit_emitter__"]
    : [globalThis, Symbol.for("signal-exit emitter")];
  Object.defineProperty(holder, key, {
    value: { count: 1 },
    configurable: true,
  });
  return { [Symbol.dispose]: () => void Reflect.deleteProperty(holder, key) };
}

/** Resolves when the process has ended in as many ways. */
async function ended(os: FakeProcess, ways: number): Promise<void> {
  while (os.ends.length < ways) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe("a child, when our process ends", () => {
  it("by an exit, is killed, and so are all others", async () => {
    using os = new Ours();
    const children = [await living(), await living()];
    assertEquals(os.handlers.toSorted(), [
      "SIGHUP",
      "SIGINT",
      "SIGQUIT",
      "SIGTERM",
      "SIGUSR2",
      "exit",
    ]);
    os.raise("exit");
    for (const child of children) await assertKilled(child);
    assertEquals(os.handlers, []);
  });

  for (const name of ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR2"]) {
    it(`by ${name}, which nobody catches, is killed`, async () => {
      using os = new Ours();
      const child = await living();
      os.raise(name);
      await assertKilled(child);
      await ended(os, 2);
      assertEquals(os.ends[0], name);
    });
  }

  for (const version of [3, 4]) {
    it(`by signal-exit ${version}, which nobody but us keeps from it, is killed`, async () => {
      using os = new Ours();
      using _emitter = signalExit(version);
      const child = await living();
      const heard = gate();
      const listener = () => {
        assertEquals(countOf(os, "SIGTERM"), 1);
        heard.open();
      };
      os.process.on("SIGTERM", listener);
      os.raise("SIGTERM");
      await heard.reached;
      await assertKilled(child);
      assertEquals(os.ends, []);
    });
  }

  it("by a second key press, is killed", async () => {
    using os = new Ours();
    using _signal = shutdownSignal({ grace: 0 });
    const child = await living();
    os.raise("SIGINT");
    assertEquals([child.manager.state, os.sent], ["executing", []]);
    while (os.sent.length === 0) { // Until the grace is over.
      await new Promise((resolve) => setTimeout(resolve, 1));
      os.raise("SIGINT");
    }
    await assertKilled(child);
    await ended(os, 2);
  });

  it("by an error that nobody catches on Bun, is killed", async () => {
    using os = new Ours({ bun: "1" });
    const child = await living();
    os.raise("uncaughtExceptionMonitor", new Error("broken"));
    await assertKilled(child);
    assertEquals(os.handlers, []);
  });

  for (const name of ["unload", "error", "unhandledrejection"]) {
    it(`on Deno, of which ${name} tells, is killed`, async () => {
      using os = new Ours({ deno: "2" });
      const child = await living();
      assertEquals(os.handlers, ["exit"]);
      globalThis.dispatchEvent(new Event(name, { cancelable: true }));
      await assertKilled(child);
      assertEquals(os.handlers, []);
    });
  }
});

describe("a child, when our process goes on", () => {
  it("after an OS signal that somebody catches, lives", async () => {
    using os = new Ours();
    const child = await living();
    os.process.on("SIGTERM", () => {});
    os.raise("SIGTERM");
    await assertLives(child, os);
    assertEquals(os.ends, []);
  });

  it("after an OS signal that somebody catches once, lives", async () => {
    using os = new Ours();
    const once = () => processHere()!.off("SIGTERM", once);
    os.process.on("SIGTERM", once);
    const child = await living();
    os.raise("SIGTERM");
    await assertLives(child, os);
    assertEquals(os.ends, []);
  });

  it("after an error that somebody catches on Bun, lives", async () => {
    using os = new Ours({ bun: "1" });
    const child = await living();
    os.process.on("uncaughtException", () => {});
    os.raise("uncaughtExceptionMonitor", new Error("broken"));
    await assertLives(child, os);
  });

  it("after an error that somebody catches on Deno, lives", async () => {
    using os = new Ours({ deno: "2" });
    const prevent = (event: Event) => event.preventDefault();
    globalThis.addEventListener("error", prevent);
    const child = await living();
    globalThis.dispatchEvent(new Event("error", { cancelable: true }));
    globalThis.removeEventListener("error", prevent);
    os.process.on("uncaughtException", () => {});
    globalThis.dispatchEvent(new Event("error", { cancelable: true }));
    await assertLives(child, os);
    globalThis.dispatchEvent(new Event("error", { cancelable: true }));
  });
});

describe("onProcessEnd()", () => {
  it("does nothing where there is no process", () => {
    using _process = replaceProcess(undefined);
    onProcessEnd(() => {})();
  });

  it("needs to know of no runtime", () => {
    using os = new Ours();
    Object.defineProperty(os.process, "versions", { value: undefined });
    onProcessEnd(() => {})();
    assertEquals(os.handlers, []);
  });

  it("may be taken back twice", () => {
    using os = new Ours();
    const log: string[] = [];
    const [one, other] = ["one", "other"].map((name) =>
      onProcessEnd(() => log.push(name))
    );
    one!();
    one!();
    os.raise("exit");
    assertEquals(log, ["other"]);
    other!();
    assertEquals(os.handlers, []);
  });
});
