import { shutdownSignal } from "@goasync/core/signals";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { countedSignal } from "../helpers/counted_signal.ts";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { FakeProcess, replaceProcess } from "../helpers/fake_process.ts";

describe("shutdownSignal(), once it has aborted,", () => {
  for (const name of ["SIGINT", "SIGTERM"]) {
    it(`takes ${name} for the same key press within the grace`, () => {
      using time = new FakeTime();
      using os = new FakeProcess();
      using signal = shutdownSignal();
      os.raise("SIGINT");
      for (let ms = 0; ms < 300; ms += 50) {
        os.raise(name);
        time.tick(50);
      }
      assertEquals(signal.reason.cause, "SIGINT");
      assertEquals(os.ends, []);
    });

    it(`ends the process by the first ${name} after the grace`, () => {
      using time = new FakeTime();
      using os = new FakeProcess();
      using _signal = shutdownSignal();
      os.raise("SIGINT");
      time.tick(301);
      assertEquals(os.ends, []);
      os.raise(name);
      assertEquals(os.ends, [name]);
    });
  }

  it("has a grace as long as it is told", () => {
    using time = new FakeTime();
    using os = new FakeProcess();
    using _signal = shutdownSignal({ grace: 2_000 });
    os.raise("SIGINT");
    time.tick(1_999);
    os.raise("SIGINT");
    assertEquals(os.ends, []);
    time.tick(2);
    os.raise("SIGINT");
    assertEquals(os.ends, ["SIGINT"]);
  });

  it("has no grace of 0 ms until the event loop has gone on", () => {
    using time = new FakeTime();
    using os = new FakeProcess();
    using _signal = shutdownSignal({ grace: 0 });
    os.raise("SIGINT");
    os.raise("SIGINT");
    assertEquals(os.ends, []);
    time.tick(1);
    os.raise("SIGINT");
    assertEquals(os.ends, ["SIGINT"]);
  });

  it("has a grace of 25 days if it is told one that no timer can wait for", () => {
    using time = new FakeTime();
    using os = new FakeProcess();
    using _signal = shutdownSignal({ grace: Number.MAX_VALUE });
    os.raise("SIGINT");
    time.tick(2 ** 31 - 2);
    os.raise("SIGINT");
    assertEquals(os.ends, []);
  });

  it("takes what arrived while the event loop was blocked for the same key press", () => {
    using time = new FakeTime();
    using os = new FakeProcess();
    using _signal = shutdownSignal();
    os.raise("SIGINT");
    time.tick(300); // The timer is late: what has waited comes after it.
    os.raise("SIGINT");
    assertEquals(os.ends, []);
    time.tick(1);
    os.raise("SIGINT");
    assertEquals(os.ends, ["SIGINT"]);
  });

  it("ends the process whoever else catches the signal", () => {
    using time = new FakeTime();
    using os = new FakeProcess();
    using _first = shutdownSignal();
    using _second = shutdownSignal({ signals: ["SIGINT"] });
    os.raise("SIGINT");
    time.tick(301);
    os.raise("SIGINT");
    assertEquals(os.ends[0], "SIGINT");
  });

  it("ends the process by an exit code if it lives on after its own signal", () => {
    using time = new FakeTime();
    using os = new FakeProcess();
    using _signal = shutdownSignal();
    os.raise("SIGINT");
    time.tick(301);
    os.raise("SIGTERM");
    assertEquals(os.ends, ["SIGTERM"]);
    time.tick(100);
    assertEquals(os.ends, ["SIGTERM", 143]);
  });

  it("ends the first process of a container by an exit code", () => {
    using time = new FakeTime();
    using os = new FakeProcess([], { pid: 1 });
    using _signal = shutdownSignal();
    os.raise("SIGINT");
    os.raise("SIGINT");
    assertEquals(os.ends, []);
    time.tick(301);
    os.raise("SIGINT");
    assertEquals(os.ends, [130]);
  });

  it("ends no process if that is gone", () => {
    using time = new FakeTime();
    using os = new FakeProcess();
    using _signal = shutdownSignal();
    os.raise("SIGINT");
    time.tick(301);
    using _none = replaceProcess(undefined);
    os.raise("SIGINT");
    assertEquals(os.ends, []);
  });

  it("ends a process that may not send itself a signal by an exit code", () => {
    using time = new FakeTime();
    using os = new FakeProcess([], { mayNotKill: true });
    using _signal = shutdownSignal({ signals: ["SIGHUP"] });
    os.raise("SIGHUP");
    time.tick(301);
    os.raise("SIGHUP");
    assertEquals(os.ends, [129]);
  });

  it("ends a process by an exit code although a listener to its exit throws", () => {
    using time = new FakeTime();
    using os = new FakeProcess([], { mayNotKill: true });
    let calls = 0;
    Object.assign(os.process, {
      exit(code: number) {
        calls++;
        if (calls === 1) throw new Error("thrown by a listener");
        os.ends.push(code);
      },
    });
    using _signal = shutdownSignal();
    os.raise("SIGINT");
    time.tick(301);
    os.raise("SIGINT");
    assertEquals(os.ends, [130]);
  });

  it("catches nothing any more when it is disposed, and has no timer", () => {
    using timers = new CountedTimers();
    using os = new FakeProcess();
    const signal = shutdownSignal();
    os.raise("SIGINT");
    assertEquals(timers.running, 1);
    signal[Symbol.dispose]();
    assertEquals(timers.running, 0);
    assertEquals(os.handlers, []);
  });

  it("catches nothing any more when 'until' aborts, and has no timer", () => {
    using timers = new CountedTimers();
    using os = new FakeProcess();
    const until = countedSignal();
    using signal = shutdownSignal({ until: until.signal });
    os.raise("SIGINT");
    until.abort();
    assertEquals(timers.running, 0);
    assertEquals(os.handlers, []);
    assertEquals(until.listeners(), 0);
    assertEquals(signal.reason.cause, "SIGINT");
  });

  for (const grace of [-1, NaN, Infinity, "300", null]) {
    it(`throws RangeError for a grace of ${grace}`, () => {
      using os = new FakeProcess();
      assertThrows(
        // deno-lint-ignore no-explicit-any
        () => shutdownSignal({ grace: grace as any }),
        RangeError,
        "Cannot create a shutdown signal as 'grace' must be a finite number that is not negative: current value is",
      );
      assertEquals(os.handlers, []);
    });
  }
});

describe("twelve runs in one process", () => {
  it("leave no handler when each has disposed its shutdownSignal()", () => {
    using os = new FakeProcess();
    for (let run = 0; run < 12; run++) {
      using signal = shutdownSignal();
      if (run % 2) os.raise("SIGINT");
      assertEquals(signal.aborted, run % 2 === 1);
    }
    assertEquals(os.handlers, []);
  });
});
