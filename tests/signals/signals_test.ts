import { TaskManager } from "@goasync/core";
import { type OsSignal, shutdownSignal } from "@goasync/core/signals";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { countedSignal } from "../helpers/counted_signal.ts";
import { FakeProcess, replaceProcess } from "../helpers/fake_process.ts";

describe("shutdownSignal()", () => {
  it("returns an AbortSignal that is not aborted", () => {
    using _os = new FakeProcess();
    using signal = shutdownSignal();
    assert(signal instanceof AbortSignal);
    assertEquals(signal.aborted, false);
  });

  it("waits for SIGINT and SIGTERM unless told otherwise", () => {
    using os = new FakeProcess();
    using _default = shutdownSignal();
    assertEquals(os.handlers, ["SIGINT", "SIGTERM"]);
    using _undefined = shutdownSignal({ signals: undefined, until: undefined });
    assertEquals(os.handlers.length, 4);
  });

  for (const name of ["SIGINT", "SIGTERM"]) {
    it(`aborts on ${name} with an AbortError whose cause names it`, () => {
      using os = new FakeProcess();
      using signal = shutdownSignal();
      os.raise(name);
      assertEquals(signal.aborted, true);
      assertInstanceOf(signal.reason, DOMException);
      assertEquals(signal.reason.name, "AbortError");
      assertStringIncludes(signal.reason.message, name);
      assertEquals((signal.reason as Error).cause, name);
    });
  }

  it("aborts on the signals it is given, and on no other", () => {
    using os = new FakeProcess();
    using signal = shutdownSignal({ signals: ["SIGHUP", "SIGUSR2"] });
    os.raise("SIGINT");
    assertEquals(signal.aborted, false);
    os.raise("SIGUSR2");
    assertEquals(signal.reason.cause, "SIGUSR2");
  });

  it("tells of the first signal only", () => {
    using os = new FakeProcess();
    using signal = shutdownSignal();
    os.raise("SIGTERM");
    os.raise("SIGINT");
    assertEquals(signal.reason.cause, "SIGTERM");
  });

  it("removes every handler when disposed, and never aborts", () => {
    using os = new FakeProcess();
    const signal = shutdownSignal();
    signal[Symbol.dispose]();
    assertEquals(os.handlers, []);
    os.raise("SIGINT");
    assertEquals(signal.aborted, false);
  });

  it("can be disposed again, and after it aborted", () => {
    using os = new FakeProcess();
    const signal = shutdownSignal();
    os.raise("SIGINT");
    signal[Symbol.dispose]();
    signal[Symbol.dispose]();
    assertEquals(os.handlers, []);
    assertEquals(signal.reason.cause, "SIGINT");
  });

  it("removes no handler but its own", () => {
    using os = new FakeProcess();
    using first = shutdownSignal();
    const second = shutdownSignal();
    second[Symbol.dispose]();
    second[Symbol.dispose]();
    assertEquals(os.handlers, ["SIGINT", "SIGTERM"]);
    os.raise("SIGINT");
    assertEquals(first.aborted, true);
  });

  it("removes every handler when 'until' aborts, and never aborts", () => {
    using os = new FakeProcess();
    const until = countedSignal();
    using signal = shutdownSignal({ until: until.signal });
    until.abort();
    assertEquals(os.handlers, []);
    assertEquals(until.listeners(), 0);
    os.raise("SIGINT");
    assertEquals(signal.aborted, false);
  });

  it("subscribes to nothing when 'until' is aborted already", () => {
    using os = new FakeProcess();
    const until = countedSignal();
    until.abort();
    using signal = shutdownSignal({ until: until.signal });
    assertEquals(os.handlers, []);
    assertEquals(until.listeners(), 0);
    assertEquals(signal.aborted, false);
  });

  it("leaves no listener on 'until' when it is disposed", () => {
    using os = new FakeProcess();
    const until = countedSignal();
    const signal = shutdownSignal({ until: until.signal });
    os.raise("SIGINT");
    assertEquals(until.listeners(), 1);
    signal[Symbol.dispose]();
    assertEquals(until.listeners(), 0);
  });

  it("subscribes once to a name that is given twice", () => {
    using os = new FakeProcess();
    using _signal = shutdownSignal({ signals: ["SIGHUP", "SIGHUP"] });
    assertEquals(os.handlers, ["SIGHUP"]);
  });

  it("skips the signals that this system lacks", () => {
    using os = new FakeProcess(["SIGBREAK"]);
    const signal = shutdownSignal({ signals: ["SIGBREAK", "SIGINT"] });
    os.raise("SIGINT");
    assertEquals(signal.reason.cause, "SIGINT");
    signal[Symbol.dispose]();
    assertEquals(os.handlers, []);
  });

  it("never aborts on a runtime without OS signals", () => {
    for (const lacking of [undefined, {}, { on: () => {} }, { env: {} }]) {
      using _none = replaceProcess(lacking);
      using signal = shutdownSignal();
      assertEquals(signal.aborted, false);
    }
  });

  it("stops a manager, which is a clean stop", async () => {
    using os = new FakeProcess();
    using signal = shutdownSignal();
    const manager = new TaskManager();
    let reason: unknown;
    manager.addExecuteTask("server", async ({ signal, done }) => {
      os.raise("SIGTERM");
      await done;
      reason = signal.reason;
    });
    assertEquals(await manager.runSettled({ signal }), []);
    assertEquals(reason, signal.reason);
  });

  it("throws TypeError for options that are none", () => {
    for (const bad of [null, "SIGINT", 2]) {
      assertThrows(
        // deno-lint-ignore no-explicit-any
        () => shutdownSignal(bad as any),
        TypeError,
        "Cannot create a shutdown signal as the options must be an object",
      );
    }
  });

  const notNames: [unknown, string][] = [
    ["SIGINT", '"SIGINT"'],
    [[], "an instance of Array"],
    [null, "null"],
    [new Set(["SIGINT"]), "an instance of Set"],
    [["SIGINT", "sigterm"], '"sigterm"'],
    [["SIGFOO"], '"SIGFOO"'],
    [["toString"], '"toString"'],
    [[2], "2 (number)"],
    // deno-lint-ignore no-sparse-arrays
    [[, "SIGINT"], "undefined"],
  ];
  for (const [signals, shown] of notNames) {
    it(`throws TypeError for signals that are none, as ${shown}`, () => {
      using os = new FakeProcess();
      const error = assertThrows(
        // deno-lint-ignore no-explicit-any
        () => shutdownSignal({ signals: signals as any }),
        TypeError,
        "Cannot create a shutdown signal as 'signals' must ",
      );
      assertStringIncludes(error.message, `"SIGINT"`);
      assertStringIncludes(error.message, `current value is ${shown}`);
      assertEquals(os.handlers, []);
    });
  }

  for (const name of ["SIGKILL", "SIGSTOP"] as const) {
    it(`throws TypeError for ${name}, which no program can catch`, () => {
      using os = new FakeProcess();
      assertThrows(
        () => shutdownSignal({ signals: ["SIGINT", name] }),
        TypeError,
        `Cannot create a shutdown signal on ${name} as no program can catch it`,
      );
      assertEquals(os.handlers, []);
    });
  }

  it("takes every other signal of POSIX, and SIGBREAK of Windows", () => {
    const names = "ABRT ALRM BUS CHLD CONT FPE HUP ILL INT PIPE POLL PROF " +
      "QUIT SEGV SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH " +
      "XCPU XFSZ BREAK";
    const signals = names.split(" ").map((name): OsSignal => `SIG${name}`);
    using os = new FakeProcess();
    using _signal = shutdownSignal({ signals });
    assertEquals(os.handlers, signals);
  });

  it("throws TypeError for an 'until' that is no AbortSignal", () => {
    using os = new FakeProcess();
    for (const bad of [null, 5, {}, new AbortController()]) {
      assertThrows(
        // deno-lint-ignore no-explicit-any
        () => shutdownSignal({ until: bad as any }),
        TypeError,
        "Cannot create a shutdown signal as 'until' must be an AbortSignal: current value is",
      );
    }
    assertEquals(os.handlers, []);
  });
});
