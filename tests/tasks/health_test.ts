import { TaskManager } from "@goasync/core";
import {
  Health,
  type HealthCheckFunction,
  type Up,
} from "@goasync/core/tasks/health";
import {
  assertEquals,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { running } from "../helpers/running.ts";

/** Asks a Health in a manager that executes. */
async function whileExecuting<Answer>(
  ask: (health: Health, manager: TaskManager) => Promise<Answer>,
): Promise<Answer> {
  const manager = new TaskManager();
  const health = new Health(manager);
  const { errors } = await running(manager);
  const answer = await ask(health, manager);
  manager.stop();
  assertEquals(await errors, []);
  return answer;
}

/** What one check has come to. */
async function checked(
  check: HealthCheckFunction | Up,
  critical = true,
) {
  const { ok, checks } = await whileExecuting((health) =>
    health.check("it", check, { critical }).ready()
  );
  return { ready: ok, ...checks.it };
}

describe("a Health", () => {
  it("is ready only while its manager executes, and lives until it is over", async () => {
    const manager = new TaskManager();
    const health = new Health(manager);
    const log: unknown[] = [];
    const ask = async () => {
      const { ok, state } = await health.ready();
      log.push([state, ok, health.live().ok]);
    };
    await ask();
    manager.addTask("it", {
      initialize: ask,
      async execute({ done }) {
        await ask();
        manager.stop();
        await done;
        await ask();
      },
      drain: ask,
      cleanup: ask,
    });
    await manager.run();
    await ask();
    assertEquals(log, [
      ["idle", false, true],
      ["initializing", false, true],
      ["executing", true, true],
      ["draining", false, true],
      ["stopping", false, true],
      ["cleaning-up", false, true],
      ["finished", false, false],
    ]);
  });

  it("is not ready from the moment of being told, before anything drains", async () => {
    const manager = new TaskManager();
    const health = new Health(manager);
    const answers: Promise<{ ok: boolean; state: string }>[] = [];
    manager.addTask("it", {
      execute({ draining, done }) {
        draining.addEventListener("abort", () => answers.push(health.ready()));
        return done;
      },
      drain() {},
    });
    const { errors } = await running(manager);
    assertEquals((await health.ready()).ok, true);
    manager.stop();
    answers.push(health.ready());
    await errors;
    for (const answer of answers) assertEquals((await answer).ok, false);
    assertEquals(answers.length, 2);
  });

  it("is not ready when it is told while checks are made", async () => {
    const slow = gate();
    const manager = new TaskManager();
    const health = new Health(manager).check("slow", () => slow.reached);
    const { errors } = await running(manager);
    const answer = health.ready();
    manager.stop();
    slow.open();
    assertEquals((await answer).ok, false);
    assertEquals(await errors, []);
  });

  it("makes no check unless its manager executes", async () => {
    let calls = 0;
    const manager = new TaskManager();
    const health = new Health(manager).check("it", () => calls++);
    assertEquals((await health.ready()).checks, {});
    await manager.stop();
    assertEquals((await health.ready()).checks, {});
    assertEquals(calls, 0);
  });

  it("says everything in its status", async () => {
    const status = await whileExecuting((health) =>
      health.check("it", () => {}).status()
    );
    assertEquals([status.live, status.ready], [true, true]);
    assertEquals(status.checks, { it: { ok: true, critical: true } });
    assertEquals(status.report.state, "executing");
  });
});

describe("a check of a Health", () => {
  it("is passed whatever it answers, but false", async () => {
    const well = { ready: true, ok: true, critical: true };
    for (const value of [undefined, null, true, 0, "", {}]) {
      assertEquals(await checked(() => value), well);
      assertEquals(await checked(() => Promise.resolve(value)), well);
    }
    const message = "It does not work";
    const unwell = { ready: false, ok: false, critical: true, message };
    assertEquals(await checked(() => false), unwell);
    assertEquals(await checked(() => Promise.resolve(false)), unwell);
  });

  it("has failed if it throws or rejects, with its message", async () => {
    const message = "No connection";
    const unwell = { ready: false, ok: false, critical: true, message };
    assertEquals(
      await checked(() => {
        throw new Error(message);
      }),
      unwell,
    );
    assertEquals(
      await checked(() => Promise.reject(new Error(message))),
      unwell,
    );
  });

  it("is only shown if it is not critical", async () => {
    assertEquals(await checked(() => false, false), {
      ready: true,
      ok: false,
      critical: false,
      message: "It does not work",
    });
  });

  it("may be what says whether it is up, such as a supervised task", async () => {
    const upstream = { isUp: true, restarts: 3 };
    assertEquals((await checked(upstream)).ready, true);
    upstream.isUp = false;
    assertEquals(await checked(upstream), {
      ready: false,
      ok: false,
      critical: true,
      message: "It is not up",
    });
  });

  it("has failed when its time is over, and its signal has aborted", async () => {
    using time = new FakeTime();
    const manager = new TaskManager();
    const signals: AbortSignal[] = [];
    const never = (signal: AbortSignal) => {
      signals.push(signal);
      return new Promise(() => {});
    };
    const health = new Health(manager)
      .check("one second", never)
      .check("half", never, { timeout: 500 });
    const run = manager.run();
    await time.runMicrotasks();
    const answer = health.ready();
    await pass(time, 500);
    assertEquals(signals.map(({ aborted }) => aborted), [false, true]);
    await pass(time, 500);
    const { ok, checks } = await answer;
    assertEquals(ok, false);
    assertEquals(checks["one second"]?.message, "No answer within 1000 ms");
    assertEquals(checks.half?.message, "No answer within 500 ms");
    assertEquals(signals[0]?.reason.name, "TimeoutError");
    manager.stop();
    await run;
  });

  it("is made once for all who ask meanwhile, and anew after that", async () => {
    let calls = 0;
    await whileExecuting(async (health) => {
      const slow = gate();
      health.check("it", () => {
        calls++;
        return slow.reached;
      });
      const answers = [health.ready(), health.ready(), health.status()];
      slow.open();
      await Promise.all(answers);
      assertEquals(calls, 1);
      await health.ready();
      assertEquals(calls, 2);
    });
  });

  it("is made next to the others, and keeps its place among them", async () => {
    const { checks } = await whileExecuting((health) => {
      const first = gate();
      return health
        .check("waits", () => first.reached)
        .check("opens", () => first.open())
        .ready();
    });
    assertEquals(Object.keys(checks), ["waits", "opens"]);
  });

  it("leaves no timer behind", async () => {
    using timers = new CountedTimers();
    await whileExecuting(async (health) => {
      const before = timers.running;
      await health.check("it", () => {}).ready();
      await health.check("other", () => false).ready();
      assertEquals(timers.running, before);
    });
  });
});

describe("a Health over HTTP", () => {
  const urls = ["/livez", "/readyz", "/statusz?verbose"] as const;

  it("answers web requests", async () => {
    await whileExecuting(async ({ fetch }) => {
      for (const url of urls) {
        const response = await fetch(new Request(`http://localhost${url}`));
        assertEquals(response.status, 200);
        assertEquals(response.headers.get("content-type"), "application/json");
        assertEquals(response.headers.get("cache-control"), "no-store");
        assertEquals(typeof await response.json(), "object");
      }
    });
  });

  it("answers 503 while it is not ready, and when it does not live", async () => {
    const manager = new TaskManager();
    const { fetch } = new Health(manager);
    const ask = async (path: string) => {
      const response = await fetch(new Request(`http://localhost${path}`));
      return [response.status, (await response.json()).ok];
    };
    assertEquals(await ask("/livez"), [200, true]);
    assertEquals(await ask("/readyz"), [503, false]);
    assertEquals(await ask("/statusz"), [200, undefined]);
    await manager.stop();
    assertEquals(await ask("/livez"), [503, false]);
    assertEquals(await ask("/readyz"), [503, false]);
  });

  it("answers requests of node:http in the same way", async () => {
    await whileExecuting(async ({ node, fetch }) => {
      for (const url of ["/livez", "/readyz", "/nope"]) {
        const answer = await new Promise<unknown[]>((resolve) => {
          let head: unknown[];
          node({ method: "GET", url }, {
            writeHead: (...args) => head = args,
            end: (body) => resolve([...head, body]),
          });
        });
        const response = await fetch(new Request(`http://localhost${url}`));
        const [status, headers, body] = answer;
        assertEquals(status, response.status);
        assertEquals(headers, {
          "content-type": "application/json",
          "cache-control": "no-store",
        });
        assertEquals(body, await response.text());
      }
    });
  });

  it("answers requests of node:http for a whole URL, as proxies send them", async () => {
    await whileExecuting(async ({ node }) => {
      const ask = (url: string) =>
        new Promise((resolve) =>
          node({ url }, { writeHead: resolve, end() {} })
        );
      assertEquals(await ask("http://localhost:8000/livez"), 200);
      assertEquals(await ask("HTTPS://localhost/readyz?verbose"), 200);
      for (const url of ["http://localhost", "http://", "//livez", "*"]) {
        assertEquals(await ask(url), 404);
      }
    });
  });

  it("leaves a request of node:http alone that somebody else has answered", async () => {
    const checking = gate();
    const answered = gate();
    await whileExecuting(async (health) => {
      health.check("slow", () => checking.reached);
      health.node({ url: "/readyz" }, {
        get headersSent() {
          answered.open();
          return true;
        },
        writeHead() {
          throw new Error("Headers are sent already");
        },
        end() {},
      });
      checking.open();
      await answered.reached;
      await health.ready();
    });
  });

  it("takes a request of node:http that says nothing for one of /", async () => {
    const { node } = new Health(new TaskManager());
    const status = await new Promise((resolve) =>
      node({}, { writeHead: resolve, end() {} })
    );
    assertEquals(status, 404);
  });

  it("answers HEAD without a body, and no other method or path", async () => {
    await whileExecuting(async ({ fetch }) => {
      const ask = (path: string, method: string) =>
        fetch(new Request(`http://localhost${path}`, { method }));
      const head = await ask("/readyz", "HEAD");
      assertEquals([head.status, await head.text()], [200, ""]);
      const post = await ask("/readyz", "POST");
      assertEquals([post.status, post.headers.get("allow")], [
        405,
        "GET, HEAD",
      ]);
      await post.body?.cancel();
      for (const path of ["/", "/readyz/", "/toString", "/api/readyz"]) {
        const other = await ask(path, "GET");
        assertEquals(other.status, 404);
        assertStringIncludes(await other.text(), "Not found");
      }
    });
  });
});

describe("a Health throws", () => {
  const health = () => new Health(new TaskManager());
  const bad = (...args: unknown[]) => () =>
    Reflect.apply(Health.prototype.check, health(), args);

  it("TypeError for what is no manager", () => {
    for (const value of [undefined, null, {}, { state: "idle" }, "manager"]) {
      assertThrows(
        () => Reflect.construct(Health, [value]),
        TypeError,
        "Cannot create a Health as it must be given a TaskManager",
      );
    }
  });

  it("TypeError or RangeError for what is no check", () => {
    const works = () => {};
    for (const name of [undefined, "", 1]) {
      assertThrows(
        bad(name, works),
        TypeError,
        "Cannot add a check as its name must be a non-empty string",
      );
    }
    for (const check of [undefined, null, {}, true, "SELECT 1"]) {
      assertThrows(
        bad("it", check),
        TypeError,
        "Cannot add a check as 'check' must be a function",
      );
    }
    assertThrows(bad("it", works, null), TypeError, "the options must be");
    for (const timeout of [-1, NaN, Infinity, "1"]) {
      assertThrows(
        bad("it", works, { timeout }),
        RangeError,
        "'timeout' must be a finite number that is not negative",
      );
    }
    assertThrows(
      bad("it", works, { critical: 1 }),
      TypeError,
      "'critical' must be a boolean: current value is 1 (number)",
    );
  });

  it("TypeError for a name that has a check", () => {
    const twice = health();
    assertStrictEquals(twice.check("it", () => {}), twice);
    assertThrows(
      () => twice.check("it", () => {}),
      TypeError,
      'Cannot add a check as its name must be new: current value is "it"',
    );
  });
});
