import { TaskManager } from "@goasync/core";
import {
  denoKvLock,
  lease,
  memoryLock,
  postgresLock,
  type PostgresLockOptions,
  type PostgresQuery,
  redisLock,
  sqliteLock,
} from "@goasync/core/tasks/lease";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { FakeKv } from "../helpers/fake_kv.ts";
import { fakeRandom } from "../helpers/fake_random.ts";
import { gate } from "../helpers/gate.ts";
import { isPending } from "../helpers/is_pending.ts";
import { leasing, OPTIONS, terms } from "../helpers/leased.ts";
import { MovedClocks } from "../helpers/moved_clocks.ts";
import { pass } from "../helpers/pass.ts";
import { passInSteps } from "../helpers/pass_in_steps.ts";

const { signal } = new AbortController();

describe("memoryLock()", () => {
  it("wakes those who wait when it is given back", async () => {
    const lock = memoryLock();
    await lock.acquire(1_000, signal);
    const waits = lock.wait(signal);
    await lock.release(2, signal);
    assert(await isPending(waits));
    await lock.release(1, signal);
    await waits;
  });

  it("wakes nobody who waits no more", async () => {
    const lock = memoryLock();
    const over = new AbortController();
    await lock.acquire(1_000, signal);
    const waits = lock.wait(over.signal);
    over.abort();
    await lock.release(1, signal);
    assert(await isPending(waits));
  });
});

describe("denoKvLock()", () => {
  it("is taken from one whose value is unchanged for the ttl and a tenth", async () => {
    using clocks = new MovedClocks();
    const kv = new FakeKv();
    const first = denoKvLock(kv, "it");
    const second = denoKvLock(kv, "it");
    assertEquals(await first.acquire(1_000, signal), 1);
    clocks.pass(5_000); // Nobody has seen it yet.
    assertEquals(await second.acquire(1_000, signal), undefined);
    clocks.pass(1_000);
    assertEquals(await second.acquire(1_000, signal), undefined);
    assertEquals(await first.renew(1, 1_000, signal), true);
    clocks.pass(1_000);
    assertEquals(await second.acquire(1_000, signal), undefined);
    clocks.pass(1_100);
    assertEquals(await second.acquire(1_000, signal), 2);
    assertEquals(await first.renew(1, 1_000, signal), false);
  });

  it("tries again while the database is locked", async () => {
    using time = new FakeTime();
    const kv = new FakeKv();
    let attempts = 0;
    kv.onCommit = () => {
      if (++attempts < 4) throw new TypeError("database is locked");
    };
    const acquired = denoKvLock(kv, "it").acquire(1_000, signal);
    await passInSteps(time, 100, 10);
    assertEquals([await acquired, attempts], [1, 4]);
  });

  it("tries no more when it is not waited for any more", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const kv = new FakeKv();
    kv.onCommit = () => {
      throw new TypeError("database is locked");
    };
    const over = new AbortController();
    const acquired = denoKvLock(kv, "it").acquire(1_000, over.signal);
    over.abort();
    const rejects = assertRejects(() => acquired, Error, "database is locked");
    await pass(time, 20);
    await rejects;
    assertEquals(timers.running, 0);
  });

  it("rejects with any other error", async () => {
    const kv = new FakeKv();
    kv.onCommit = () => Promise.reject(new Error("no connection"));
    const lock = denoKvLock(kv, "it");
    await assertRejects(() => lock.acquire(1, signal), Error, "no connection");
  });

  it("is had by one of those who take it at once", async () => {
    const kv = new FakeKv();
    const both = gate();
    let commits = 0;
    kv.onCommit = () => {
      if (++commits === 2) both.open();
      return both.reached;
    };
    const tokens = await Promise.all([
      denoKvLock(kv, "it").acquire(1_000, signal),
      denoKvLock(kv, "it").acquire(1_000, signal),
    ]);
    assertEquals(tokens, [1, undefined]);
  });

  it("is asked as soon as it can have expired, and then taken", async () => {
    using _random = fakeRandom(() => 0); // Each 2,500 ms it is asked anyway.
    using time = new FakeClock();
    using timers = new CountedTimers();
    const kv = new FakeKv();
    await denoKvLock(kv, "it").acquire(1_000, signal);
    const options = { ttl: 10_000, renewEvery: 5_000 };
    const { manager, task } = await leasing(
      time,
      denoKvLock(kv, "it"),
      terms([]),
      options,
    );
    await passInSteps(time, 10_980, 20);
    assertEquals(task.token, undefined);
    await passInSteps(time, 60, 20);
    assertEquals(task.token, 2);
    await manager.stop();
    assertEquals(timers.running, 0);
  });
});

describe("sqliteLock()", () => {
  /** What other drivers answer where node:sqlite has `undefined` and numbers. */
  const answering = (rows: unknown[]) => ({
    exec() {},
    prepare: () => ({ get: () => rows.shift() }),
  });

  it("takes null for no row, as bun:sqlite gives it", async () => {
    const lock = sqliteLock(answering([null, { token: 1 }, null]), "it");
    assertEquals(await lock.acquire(1_000, signal), 1);
    assertEquals(await lock.renew(1, 1_000, signal), false);
    const held = { token: 1, expires: Date.now() + 60_000 };
    const late = sqliteLock(
      answering([held, { ...held, expires: 0 }, null]),
      "it",
    );
    assertEquals(await late.acquire(1_000, signal), undefined);
    assertEquals(await late.acquire(1_000, signal), undefined);
  });

  it("takes big integers", async () => {
    const row = { token: 6n, expires: 0n };
    const lock = sqliteLock(answering([row, { token: 7n }]), "it");
    assertEquals(await lock.acquire(1_000, signal), 7);
  });
});

describe("postgresLock()", () => {
  const answering = (...answers: unknown[]) => {
    const asked: string[] = [];
    const query: PostgresQuery = (sql) => {
      asked.push(sql.trim().split(" ", 1)[0]!);
      const answer = answers.shift();
      return answer instanceof Error
        ? Promise.reject(answer)
        : Promise.resolve(answer as unknown[]);
    };
    return { asked, lock: postgresLock(query, "it") };
  };

  it("takes rows, or what has them, and tokens in any form", async () => {
    const { lock } = answering(
      [{ token: "12" }],
      { rows: [{ token: 13n }] },
      { rows: [{ token: 14 }] },
      [],
      { rows: [] },
    );
    const tokens = [];
    for (let index = 0; index < 5; index++) {
      tokens.push(await lock.acquire(1_000, signal));
    }
    assertEquals(tokens, [12, 13, 14, undefined, undefined]);
  });

  it("makes its table when that is missing", async () => {
    const missing = Object.assign(new Error("no table"), { code: "42P01" });
    const { asked, lock } = answering(missing, [], [{ token: "1" }]);
    assertEquals(await lock.acquire(1_000, signal), 1);
    assertEquals(asked, ["INSERT", "DO", "INSERT"]);
  });

  it("makes none when anything else is wrong", async () => {
    const { asked, lock } = answering(new Error("no connection"));
    await assertRejects(
      () => lock.acquire(1_000, signal),
      Error,
      "no connection",
    );
    assertEquals(asked, ["INSERT"]);
  });

  it("has no wait unless it can listen", () => {
    assertEquals(answering().lock.wait, undefined);
  });

  /** A lock whose channel the test speaks to. */
  function listening(answer: () => unknown = () => {}) {
    const calls: Parameters<NonNullable<PostgresLockOptions["listen"]>>[] = [];
    const lock = postgresLock(() => Promise.resolve([]), "it", {
      listen: (...call) => {
        calls.push(call);
        return Promise.resolve(answer());
      },
    });
    const wait = async (signal = new AbortController().signal) => {
      const waits = lock.wait!(signal);
      waits.catch(() => {});
      assert(await isPending(waits));
      return { waits };
    };
    return { calls, lock, wait };
  }

  /** One that listens already. */
  async function listened() {
    const made = listening();
    await made.lock.wait!(signal);
    return made;
  }

  it("may be free as soon as it listens for the first time", async () => {
    const listens = gate();
    const { calls, wait } = listening(() => listens.reached);
    const { waits } = await wait();
    listens.open();
    await waits;
    assertEquals(calls.length, 1);
  });

  it("hears of its own key, over one connection", async () => {
    const { calls, wait } = await listened();
    const [{ waits: first }, { waits: second }] = [await wait(), await wait()];
    const [channel, hear] = calls[0]!;
    hear("another");
    assert(await isPending(first));
    hear("it");
    await Promise.all([first, second]);
    const { waits: third } = await wait();
    hear(); // A client that does not say what it has heard.
    await third;
    assertEquals([channel, calls.length], ["goasync_locks", 1]);
  });

  it("sends a query that listens but once, though its then does that", async () => {
    let sent = 0;
    const query = {
      then(resolve: (value: unknown) => void) {
        sent++;
        Promise.resolve().then(resolve);
      },
    } as PromiseLike<never>;
    const lock = postgresLock(() => Promise.resolve([]), "it", {
      listen: () => query,
    });
    await lock.wait!(signal);
    assert(await isPending(lock.wait!(signal)));
    assert(await isPending(lock.wait!(signal)));
    assertEquals(sent, 1);
  });

  it("hears nothing once nobody waits", async () => {
    const { calls, wait } = await listened();
    const over = new AbortController();
    const { waits } = await wait(over.signal);
    over.abort();
    const { waits: late } = await wait(over.signal);
    calls[0]![1]("it");
    assert(await isPending(waits));
    assert(await isPending(late));
  });

  it("listens again when the connection is lost", async () => {
    const { calls, wait } = await listened();
    const { waits: first } = await wait();
    calls[0]![2]();
    await assertRejects(() => first, Error, "It listens no more");
    const { waits: second } = await wait();
    calls[0]![2](); // The first one ends once more, which means nothing.
    assert(await isPending(second));
    calls[1]![1]("it");
    await second;
    assertEquals(calls.length, 2);
  });

  it("listens again when that has failed", async () => {
    const answers = [Promise.reject(new Error("no connection")), undefined];
    const { calls, wait } = listening(() => answers.shift());
    await assertRejects(wait);
    const { waits } = await wait();
    calls[1]![1]("it");
    await waits;
  });
});

describe("redisLock()", () => {
  for (
    const make of [
      (answer: unknown) => ({ call: () => Promise.resolve(answer) }),
      (answer: unknown) => ({ sendCommand: () => Promise.resolve(answer) }),
    ]
  ) {
    const [kind = ""] = Object.keys(make(0));

    it(`takes integers in any form, over ${kind}`, async () => {
      for (const answer of [1, "1", 1n]) {
        const lock = redisLock(make(answer), "it");
        assertEquals(await lock.acquire(1_000, signal), 1);
        assertEquals(await lock.renew(1, 1_000, signal), true);
      }
      for (const answer of [0, "0", 0n]) {
        const lock = redisLock(make(answer), "it");
        assertEquals(await lock.acquire(1_000, signal), undefined);
        assertEquals(await lock.renew(1, 1_000, signal), false);
      }
    });

    it(`rejects what is no integer, over ${kind}`, async () => {
      for (const answer of ["QUEUED", null, undefined, 1.5, -1, ""]) {
        const lock = redisLock(make(answer), "it");
        await assertRejects(() => lock.acquire(1_000, signal), TypeError);
        await assertRejects(() => lock.renew(1, 1_000, signal), TypeError);
      }
    });
  }

  it("has both keys in one slot of a cluster, whatever they are", async () => {
    for (const key of ["it", "}", "}{", "a}b", "{}"]) {
      let keys: string[] = [];
      const call = (_: string, __: string, ___: string, ...args: string[]) => {
        keys = args.slice(0, 2);
        return Promise.resolve(1);
      };
      await redisLock({ call }, key).acquire(1_000, signal);
      const tags = keys.map((each) => each.match(/\{(.+?)\}/)?.[1]);
      assert(tags[0] && tags[0] === tags[1], `${keys}`);
      assert(keys[0] !== keys[1]);
    }
  });
});

describe("lease() over a lock with a wait", () => {
  it("backs off while asking fails, though waiting says that it may be free", async () => {
    using time = new FakeTime();
    let asked = 0;
    const { manager } = await leasing(time, {
      ...memoryLock(),
      acquire() {
        asked++;
        throw new Error("no connection");
      },
      wait: () => Promise.resolve(),
    }, terms([]));
    await passInSteps(time, 3_000, 20);
    assert(asked < 50, `${asked} times`);
    await manager.stop();
  });

  it("can be the same object for two leases of one manager", async () => {
    using time = new FakeTime();
    const lock = denoKvLock(new FakeKv(), "it");
    const log: string[] = [];
    const leases = [1, 2].map(() => lease(lock, terms(log), OPTIONS));
    const manager = new TaskManager();
    const [first] = leases.map((task, index) =>
      manager.addTask(`lease ${index}`, task, { type: "error" })
    );
    const errors = manager.runSettled();
    await passInSteps(time, 3_000, 50);
    assertEquals(leases.map(({ token }) => token), [1, undefined]);
    const cancelled = first!.cancel();
    await passInSteps(time, 300, 50);
    await cancelled;
    assertEquals(leases.map(({ token }) => token), [undefined, 2]);
    manager.stop();
    assertEquals(await errors, []);
    assertEquals(log.length, 6);
  });
});
