import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "./counted_timers.ts";
import { replaceGlobal } from "./replaced_global.ts";

describe("replaceGlobal()", () => {
  it("lasts while fake time waits, until it is disposed of", async () => {
    using time = new FakeTime();
    const { Date: fake } = globalThis;
    const other = class extends Date {};
    {
      using _date = replaceGlobal("Date", other);
      assertStrictEquals(Date, other as typeof Date);
      await time.tickAsync(1);
      assertStrictEquals(Date, other as typeof Date);
    }
    assertStrictEquals(Date, fake);
  });

  it("gives way to what is set meanwhile", () => {
    const { Date: real } = globalThis;
    {
      using _date = replaceGlobal("Date", class extends Date {});
      using _time = new FakeTime(5);
      assertEquals(Date.now(), 5);
    }
    assertStrictEquals(Date, real);
  });
});

describe("CountedTimers", () => {
  it("count those of fake time, and none of its own", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const calls: unknown[] = [];
    setTimeout((...args: unknown[]) => calls.push(args), 5, "a", "b");
    const cleared = setTimeout(() => calls.push("cleared"), 9);
    assertEquals([timers.running, timers.started, timers.longest], [2, 2, 9]);
    clearTimeout(cleared);
    assertEquals(timers.running, 1);
    await time.runMicrotasks();
    await time.tickAsync(5);
    assertEquals(calls, [["a", "b"]]);
    setTimeout(() => {}, 1);
    assertEquals([timers.running, timers.started, timers.longest], [1, 3, 9]);
  });

  it("leave everything as it was", async () => {
    using time = new FakeTime();
    const { setTimeout: set, clearTimeout: clear } = globalThis;
    {
      using _timers = new CountedTimers();
      await time.runMicrotasks();
    }
    assertStrictEquals(globalThis.setTimeout, set);
    assertStrictEquals(globalThis.clearTimeout, clear);
  });
});
