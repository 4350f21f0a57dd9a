import {
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime, TimeError } from "@std/testing/time";

// What the suite relies on must hold for the original and for its stand-in.

/** A function that notes that it was called, and when. */
function noter(): { note: (what: string) => () => void; log: string[] } {
  const log: string[] = [];
  const note = (what: string) => () => void log.push(`${what} ${Date.now()}`);
  return { note, log };
}

const NAMES = [
  "Date",
  "setTimeout",
  "clearTimeout",
  "setInterval",
  "clearInterval",
] as const;

describe("a FakeTime", () => {
  it("starts where it is told to, and else now", () => {
    const before = Date.now();
    for (
      const [start, expected] of [
        [0, 0],
        [1.9, 1],
        [new Date(5), 5],
        ["1970-01-01T00:00:01Z", 1_000],
      ] as const
    ) {
      using time = new FakeTime(start);
      assertEquals([time.start, time.now], [expected, expected]);
    }
    using time = new FakeTime();
    assertEquals(time.now >= before, true);
  });

  it("cannot start at no time", () => {
    assertThrows(() => new FakeTime(NaN), TypeError);
    assertThrows(() => new FakeTime("soon"), TypeError);
    new FakeTime().restore();
  });

  it("is alone", () => {
    using _time = new FakeTime();
    assertThrows(() => new FakeTime(), TimeError);
  });

  it("stands still until it is moved on", async () => {
    using time = new FakeTime(100);
    await time.runMicrotasks();
    assertEquals(Date.now(), 100);
    time.tick(5);
    time.tick();
    assertEquals([time.now, time.start, Date.now()], [105, 100, 105]);
  });

  it("never goes back", () => {
    using time = new FakeTime(100);
    assertThrows(() => time.tick(-1), RangeError);
    assertEquals(time.now, 100);
  });

  it("replaces just the functions of the date and of timers", () => {
    const real = pick(NAMES);
    const { now } = performance;
    const { queueMicrotask } = globalThis;
    {
      using _time = new FakeTime();
      for (const name of NAMES) {
        assertEquals(globalThis[name] === real[name], false, name);
      }
      assertStrictEquals(performance.now, now);
      assertStrictEquals(globalThis.queueMicrotask, queueMicrotask);
    }
    assertEquals(pick(NAMES), real);
  });

  it("is restored once", () => {
    const time = new FakeTime();
    time.restore();
    assertThrows(() => time.restore(), TimeError);
  });

  it("takes its timers along when it is restored", () => {
    const { note, log } = noter();
    const time = new FakeTime();
    setTimeout(note("late"), 1);
    time.restore();
    using next = new FakeTime();
    next.tick(10);
    assertEquals(next.next(), false);
    assertEquals(log, []);
  });

  it("leaves its functions useless when it is restored", () => {
    const time = new FakeTime();
    const fakes = pick(NAMES);
    time.restore();
    assertThrows(() => fakes.setTimeout(() => {}, 1), TimeError);
    assertThrows(() => fakes.setInterval(() => {}, 1), TimeError);
    assertThrows(() => fakes.clearTimeout(1), TimeError);
    assertThrows(() => fakes.clearInterval(1), TimeError);
  });
});

describe("the fake Date", () => {
  it("is now when it is given nothing, and else the real one", () => {
    using time = new FakeTime(1_000);
    const made = new Date();
    time.tick(1);
    assertEquals(made.getTime(), 1_000);
    assertEquals(new Date().getTime(), 1_001);
    assertEquals(new Date(5).getTime(), 5);
    assertEquals(new Date(2020, 1).getMonth(), 1);
    assertEquals(Date(), new Date(1_001).toString());
    assertEquals(Date.UTC(1970, 0, 2), 24 * 60 * 60 * 1_000);
    assertInstanceOf(made, Date);
  });

  it("makes real dates", () => {
    const Real = Date;
    using _time = new FakeTime();
    assertStrictEquals(Object.getPrototypeOf(new Date()), Real.prototype);
  });

  // Tests have to replace all of it for another clock.
  it("takes no other now, which the real one does", () => {
    const Real = Date;
    const { now } = Real;
    const other = () => 5;
    using _time = new FakeTime(1_000);
    try {
      Date.now = other;
      assertEquals(Date.now(), 1_000);
      assertStrictEquals(Real.now, other);
    } finally {
      Real.now = now;
    }
  });

  it("follows the real one when time is restored, and the next fake one", () => {
    const time = new FakeTime(0);
    const Fake = Date;
    time.restore();
    const before = Date.now();
    assertEquals(Fake.now() >= before, true);
    using _next = new FakeTime(7);
    assertEquals(Fake.now(), 7);
  });
});

describe("fake timers", () => {
  it("come when they are due, and not before", () => {
    using time = new FakeTime(0);
    const { note, log } = noter();
    setTimeout(note("timer"), 10);
    time.tick(9);
    assertEquals(log, []);
    time.tick(1);
    time.tick(100);
    assertEquals(log, ["timer 10"]);
  });

  it("come in the order in which they are due, and else were set", () => {
    using time = new FakeTime(0);
    const { note, log } = noter();
    setTimeout(note("third"), 2);
    setTimeout(note("first"), 1);
    setTimeout(note("fourth"), 2);
    setTimeout(note("second"), 1);
    time.tick(1);
    setTimeout(note("fifth"), 1);
    time.tick(5);
    assertEquals(log, [
      "first 1",
      "second 1",
      "third 2",
      "fourth 2",
      "fifth 2",
    ]);
  });

  it("see the time at which they are due", () => {
    using time = new FakeTime(0);
    const seen: number[] = [];
    const see = () => seen.push(time.now, Date.now(), new Date().getTime());
    setTimeout(see, 3);
    time.tick(10);
    assertEquals(seen, [3, 3, 3]);
    assertEquals(time.now, 10);
  });

  it("pass arguments on, and have numbers", () => {
    using time = new FakeTime(0);
    const calls: unknown[][] = [];
    const call = (...args: unknown[]) => void calls.push(args);
    const ids: unknown[] = [
      setTimeout(call, 1, "a", 2),
      setInterval(call, 1, "b"),
    ];
    time.tick(1);
    assertEquals(calls, [["a", 2], ["b"]]);
    assertEquals(ids, [1, 2]);
  });

  it("come at once without a time, or with one below zero", () => {
    using time = new FakeTime(0);
    const { note, log } = noter();
    setTimeout(note("none"));
    setTimeout(note("undefined"), undefined);
    setTimeout(note("negative"), -5);
    setTimeout(note("fraction"), 0.9);
    assertEquals(log, []);
    time.tick(0);
    assertEquals(log, ["none 0", "undefined 0", "negative 0", "fraction 0"]);
  });

  it("know no fractions of a time", () => {
    using time = new FakeTime(0);
    const { note, log } = noter();
    setTimeout(note("timer"), 2.9);
    time.tick(1.5);
    assertEquals([log.length, time.now], [0, 1.5]);
    time.tick(0.5);
    assertEquals(log, ["timer 2"]);
  });

  // Real ones come at once: tests have to look at what they are set to.
  it("may take longer than real ones can", () => {
    using time = new FakeTime(0);
    const { note, log } = noter();
    setTimeout(note("far"), 2 ** 40);
    setTimeout(note("never"), Infinity);
    time.tick(2 ** 40 - 1);
    assertEquals(log, []);
    time.tick(1);
    assertEquals(log, [`far ${2 ** 40}`]);
  });

  it("come in the same tick if they are set in it and due", () => {
    using time = new FakeTime(0);
    const { note, log } = noter();
    setTimeout(() => {
      note("first")();
      setTimeout(note("at once"));
      setTimeout(note("in time"), 4);
      setTimeout(note("too late"), 6);
    }, 5);
    setTimeout(note("second"), 5);
    time.tick(10);
    assertEquals(log, ["first 5", "second 5", "at once 5", "in time 9"]);
    time.tick(1);
    assertEquals(log.at(-1), "too late 11");
  });

  it("do not come once they are cleared", () => {
    using time = new FakeTime(0);
    const { note, log } = noter();
    const timeout = setTimeout(note("timeout"), 5);
    const interval = setInterval(note("interval"), 5);
    clearTimeout(timeout);
    clearInterval(interval);
    assertEquals(time.next(), false);
    time.tick(10);
    assertEquals(log, []);
  });

  it("may be cleared by one that is due together with them", () => {
    using time = new FakeTime(0);
    const { note, log } = noter();
    setTimeout(() => clearTimeout(cleared), 5);
    const cleared = setTimeout(note("cleared"), 5);
    setTimeout(note("left"), 5);
    time.tick(5);
    assertEquals(log, ["left 5"]);
  });

  it("may be cleared by the function that is for the others", () => {
    using time = new FakeTime(0);
    const { note, log } = noter();
    clearInterval(setTimeout(note("timeout"), 5));
    clearTimeout(setInterval(note("interval"), 5));
    time.tick(5);
    assertEquals(log, []);
  });

  it("are not touched by a clearing of what is no timer, or over", () => {
    using time = new FakeTime(0);
    const { note, log } = noter();
    const over = setTimeout(note("over"));
    time.tick();
    setTimeout(note("timer"), 1);
    for (const id of [over, undefined, 99]) clearTimeout(id);
    time.tick(1);
    assertEquals(log, ["over 0", "timer 1"]);
  });

  it("call again and again if they are intervals, until they are cleared", () => {
    using time = new FakeTime(0);
    const { note, log } = noter();
    const tell = note("interval");
    const interval = setInterval(() => {
      tell();
      if (time.now === 30) clearInterval(interval);
    }, 10);
    time.tick(25);
    assertEquals(log, ["interval 10", "interval 20"]);
    time.tick(100);
    assertEquals(log, ["interval 10", "interval 20", "interval 30"]);
    assertEquals(time.next(), false);
  });

  it("take turns if they are intervals", () => {
    using time = new FakeTime(0);
    const { note, log } = noter();
    setInterval(note("slow"), 4);
    setInterval(note("fast"), 2);
    time.tick(4);
    assertEquals(log, ["fast 2", "slow 4", "fast 4"]);
    time.tick(4);
    assertEquals(log.slice(3), ["fast 6", "slow 8", "fast 8"]);
  });

  it("wait for at least a millisecond if they are intervals", () => {
    using time = new FakeTime(0);
    const { note, log } = noter();
    setInterval(note("interval"), 0);
    time.tick(2);
    assertEquals(log, ["interval 1", "interval 2"]);
  });

  it("stop time where one throws", () => {
    using time = new FakeTime(0);
    const { note, log } = noter();
    setTimeout(() => {
      throw new Error("It was to throw");
    }, 5);
    setTimeout(note("next"), 5);
    assertThrows(() => time.tick(10), Error, "It was to throw");
    assertEquals([time.now, log], [5, []]);
    time.tick(1);
    assertEquals(log, ["next 5"]);
  });

  it("need a function", () => {
    using _time = new FakeTime();
    assertThrows(() => void setTimeout("code" as never, 1), TimeError);
    assertThrows(() => void setInterval("code" as never, 1), TimeError);
  });
});

describe("AbortSignal.timeout under fake time", () => {
  it("aborts when that time is over, as a real one does", () => {
    using time = new FakeTime();
    const signal = AbortSignal.timeout(10);
    time.tick(9);
    assertEquals(signal.aborted, false);
    time.tick(1);
    assertEquals(signal.aborted, true);
    assertInstanceOf(signal.reason, DOMException);
    assertEquals(signal.reason.name, "TimeoutError");
  });

  it("is real again when time is restored", () => {
    const { timeout } = AbortSignal;
    new FakeTime().restore();
    assertStrictEquals(AbortSignal.timeout, timeout);
  });
});

describe("microtasks under fake time", () => {
  it("come when all timers of a tick have come", async () => {
    using time = new FakeTime(0);
    const log: string[] = [];
    for (const ms of [1, 2]) {
      setTimeout(() => {
        log.push(`timer ${ms}`);
        queueMicrotask(() => log.push(`microtask ${ms}`));
      }, ms);
    }
    time.tick(2);
    assertEquals(log, ["timer 1", "timer 2"]);
    await Promise.resolve();
    assertEquals(log.slice(2), ["microtask 1", "microtask 2"]);
  });

  it("are over after runMicrotasks, however many follow each other", async () => {
    using time = new FakeTime(0);
    const { note, log } = noter();
    setTimeout(note("timer"));
    (async () => {
      for (let count = 0; count < 10_000; count++) await null;
      note("microtask")();
    })();
    await time.runMicrotasks();
    assertEquals(log, ["microtask 0"]);
  });

  it("come before the tick of tickAsync, and not after it", async () => {
    using time = new FakeTime(0);
    const { note, log } = noter();
    Promise.resolve().then(() => {
      note("microtask")();
      setTimeout(() => {
        note("timer")();
        queueMicrotask(note("later"));
      }, 10);
    });
    const ticked = time.tickAsync(10);
    assertEquals(log, []);
    await ticked;
    assertEquals(log.slice(0, 2), ["microtask 0", "timer 10"]);
    assertEquals(time.now, 10);
  });

  it("are waited for although time is restored meanwhile", async () => {
    const time = new FakeTime();
    const wait = time.runMicrotasks();
    time.restore();
    await wait;
  });
});

describe("a wait under fake time", () => {
  // Hence replaceGlobal, for tests that replace what FakeTime fakes.
  it("sets anew what time fakes", async () => {
    using time = new FakeTime();
    const fakes = pick(NAMES);
    for (const name of NAMES) {
      Object.assign(globalThis, { [name]: () => {} });
    }
    await time.runMicrotasks();
    assertEquals(pick(NAMES), fakes);
  });
});

describe("the next timer", () => {
  it("comes along with all that are due then", () => {
    using time = new FakeTime(0);
    const { note, log } = noter();
    setTimeout(() => {
      note("first")();
      setTimeout(note("third"));
    }, 5);
    setTimeout(note("second"), 5);
    setTimeout(note("last"), 6);
    assertEquals([time.next(), time.now], [true, 5]);
    assertEquals(log, ["first 5", "second 5", "third 5"]);
    assertEquals([time.next(), time.now], [true, 6]);
    assertEquals([time.next(), time.now], [false, 6]);
    assertEquals(log.length, 4);
  });

  it("is looked for after all microtasks by nextAsync", async () => {
    using time = new FakeTime(0);
    const { note, log } = noter();
    const run = (async () => {
      for (const name of ["first", "second"]) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        note(name)();
      }
    })();
    let count = 0;
    while (await time.nextAsync()) count++;
    await run;
    assertEquals([count, log], [2, ["first 5", "second 10"]]);
  });
});

function pick<Name extends keyof typeof globalThis>(
  names: readonly Name[],
): Pick<typeof globalThis, Name> {
  const picked = names.map((name) => [name, globalThis[name]]);
  return Object.fromEntries(picked) as Pick<typeof globalThis, Name>;
}
