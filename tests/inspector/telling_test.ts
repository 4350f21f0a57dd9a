import { TaskManager } from "@goasync/core";
import { inspector } from "@goasync/core/inspector";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { BusyManager } from "../helpers/busy_manager.ts";
import { gate } from "../helpers/gate.ts";
import { ask, Look, type Told } from "../helpers/looks.ts";

/** A manager that runs until it is stopped. */
function serving(): TaskManager {
  const manager = new TaskManager();
  manager.addTask("api", { execute: ({ done }) => done });
  return manager;
}

describe("whoever looks is told", () => {
  it("everything at first, then what has changed, up to the end", async () => {
    const manager = serving();
    using page = inspector(manager);
    const look = await Look.at(page);
    const first = await look.next();
    assertEquals(first?.event, "story");
    assertEquals(first?.data.report.state, "idle");
    const run = manager.runSettled();
    const second = await look.next();
    assertEquals(second?.event, "changes");
    assertEquals(second?.data.fields.report.fields.state, {
      value: "executing",
    });
    await manager.stop();
    await run;
    const last = await look.next();
    assertEquals(last?.data.fields.report.fields.state, { value: "finished" });
    await look.leave();
  });

  it("the same as the report says", async () => {
    const manager = serving();
    using page = inspector(manager);
    const run = manager.runSettled();
    await manager.stop("enough");
    await run;
    const { report } = await (await ask(page, "story")).json();
    assertEquals(report, JSON.parse(JSON.stringify(manager.report())));
  });

  it("how long ago that was, not by a clock that can be set", async () => {
    const { now } = performance;
    let time = 1_000;
    performance.now = () => time;
    try {
      using page = inspector(serving());
      const first = await Look.at(page);
      assertEquals((await first.next())?.age, 0);
      time += 4_000;
      const second = await Look.at(page);
      assertEquals((await second.next())?.age, 4_000);
      await first.leave();
      await second.leave();
    } finally {
      performance.now = now;
    }
  });

  it("nothing again of what it knows, when it comes back", async () => {
    using page = inspector(serving());
    const other = await Look.at(page);
    const look = await Look.at(page);
    const told = await look.next();
    await look.leave();
    const again = await Look.at(page, told?.id);
    assertEquals((await again.next())?.event, "");
    await again.leave();
    await other.leave();
  });

  it("everything, when the program was restarted meanwhile", async () => {
    using before = inspector(serving(), { token: "0123456789abcdef" });
    const look = await Look.at(before);
    const told = await look.next();
    await look.leave();
    using after = inspector(serving(), { token: "0123456789abcdef" });
    const other = await Look.at(after);
    const again = await Look.at(after, told?.id);
    assertEquals((await again.next())?.event, "story");
    await again.leave();
    await other.leave();
  });

  it("everything anew, when it was too slow for all that has changed", async () => {
    const busy = new BusyManager(12);
    const { manager } = busy;
    using page = inspector(manager);
    const quick = await Look.at(page);
    const slow = await Look.at(page);
    await quick.next();
    const run = manager.runSettled();
    await quick.next();
    await busy.noteAll(quick);
    const events: string[] = [];
    let told = await slow.next();
    for (; told; told = await slow.next()) {
      events.push(told.event);
      if (events.length > 1 && told.event === "story") break;
    }
    assertEquals(events.length <= 10, true, `${events}`);
    assertStringIncludes(JSON.stringify(told?.data), "note 11");
    await quick.leave();
    await slow.leave();
    await manager.stop();
    await run;
  });

  it("everything in the end, when it was too slow for what has changed", async () => {
    const busy = new BusyManager(10);
    const { manager } = busy;
    const page = inspector(manager);
    const quick = await Look.at(page);
    const slow = await Look.at(page);
    await quick.next();
    const run = manager.runSettled();
    await quick.next();
    await busy.noteAll(quick);
    await manager.stop();
    await run;
    page[Symbol.dispose]();
    let last: Told | undefined;
    for (let told = await slow.next(); told; told = await slow.next()) {
      last = told;
    }
    assertEquals(last?.event, "story");
    assertEquals(last?.data.report.state, "finished");
  });

  it("no more, when the inspector is disposed", async () => {
    const page = inspector(serving());
    const look = await Look.at(page);
    await look.next();
    page[Symbol.dispose]();
    assertEquals(await look.next(), undefined);
  });
});

describe("of a failure is told", () => {
  it("where it was thrown and by what it was caused", async () => {
    const manager = new TaskManager();
    using page = inspector(manager);
    manager.addExecuteTask("db", function connectHere() {
      throw new Error("no connection", {
        cause: new Error("ECONNREFUSED <b>"),
      });
    });
    const look = await Look.at(page);
    await manager.runSettled();
    await look.leave();
    const { failures } = await (await ask(page, "story")).json();
    const [{ path, stage, code, message, stack }] = failures;
    assertEquals([path, stage, code], [["db"], "execute", "FAILED"]);
    assertStringIncludes(message, "no connection");
    assertStringIncludes(stack, "Caused by: ");
    assertStringIncludes(stack, "ECONNREFUSED <b>");
    assertEquals(failures.length, 1);
  });

  it("once, where it happened, of one in a manager within", async () => {
    const inner = new TaskManager();
    inner.addExecuteTask("consumer", () => Promise.reject("lost"));
    const manager = new TaskManager();
    using page = inspector(manager);
    manager.addTask("payments", inner.asTask());
    const look = await Look.at(page);
    await manager.runSettled();
    await look.leave();
    const { failures } = await (await ask(page, "story")).json();
    assertEquals(
      failures.map(({ path }: { path: string[] }) => path),
      [["payments", "consumer"]],
    );
  });

  it("what throws when it is read", async () => {
    const throwing = new Proxy({}, {
      get() {
        throw new Error("caught me");
      },
    });
    const { proxy, revoke } = Proxy.revocable<unknown[]>([], {});
    revoke();
    for (const hostile of [throwing, { errors: proxy }, { cause: proxy }]) {
      const manager = new TaskManager();
      using page = inspector(manager);
      manager.addExecuteTask("bad", () => Promise.reject(hostile));
      const look = await Look.at(page);
      await manager.runSettled();
      await look.leave();
      const { failures } = await (await ask(page, "story")).json();
      assertEquals(failures.length, 1);
    }
  });

  it("the first 200, and how many came after", async () => {
    const manager = new TaskManager();
    using page = inspector(manager);
    for (let job = 0; job < 203; job++) {
      manager.addExecuteTask("job", () => Promise.reject(`lost ${job}`));
    }
    const look = await Look.at(page);
    await manager.runSettled();
    await look.leave();
    const story = await (await ask(page, "story")).json();
    assertEquals([story.failures.length, story.moreFailures], [200, 3]);
  });
});

describe("of a manager within is told", () => {
  it("what it has done, when it is over", async () => {
    const inner = new TaskManager();
    inner.addTask("consumer", {
      execute: ({ done }) => done,
      cleanup: () => {},
    });
    const manager = new TaskManager();
    manager.addTask("payments", inner.asTask());
    using page = inspector(manager);
    const look = await Look.at(page);
    const run = manager.runSettled();
    await look.next();
    await look.next();
    await manager.stop();
    await run;
    const { report } = await (await ask(page, "story")).json();
    const [within] = report.tasks[0].managers;
    assertEquals(within.state, "finished");
    assertEquals(within.tasks[0].state, "clean");
    assertEquals(within.tasks[0].stages.at(-1).outcome, "clean");
    await look.leave();
  });
});

describe("of managers within that cannot be told from each other is told", () => {
  /** A manager with a consumer that runs until it is told. */
  const consuming = (name = "consumer") => {
    const manager = new TaskManager();
    manager.addTask(name, { execute: ({ done }) => done });
    return manager;
  };

  it("each, where a task runs two that start at once", async () => {
    const [one, other] = [consuming(), consuming()];
    const manager = new TaskManager();
    manager.addTask("shards", {
      async execute(context) {
        await Promise.all([one.execute(context), other.execute(context)]);
      },
    });
    using page = inspector(manager);
    const look = await Look.at(page);
    const run = manager.runSettled();
    await look.next();
    await look.next();
    await one.stop();
    const { report } = await (await ask(page, "story")).json();
    assertEquals(statesIn(report.tasks[0]), ["finished", "executing"]);
    await manager.stop();
    await run;
    const story = await (await ask(page, "story")).json();
    assertEquals(statesIn(story.report.tasks[0]), ["finished", "finished"]);
    await look.leave();
  });

  it("nothing of another, where execute tasks have one name", async () => {
    const [one, other] = [consuming(), consuming("other")];
    const manager = new TaskManager();
    manager.addExecuteTask("shard", one, { type: "error" });
    manager.addExecuteTask("shard", other, { type: "error" });
    using page = inspector(manager);
    const look = await Look.at(page);
    const run = manager.runSettled();
    await look.next();
    await look.next();
    for (let time = 0; time < 2; time++) {
      const { report } = await (await ask(page, "story")).json();
      assertEquals(report.executeTasks.map(statesIn), [
        ["executing"],
        ["executing"],
      ]);
    }
    await look.leave();
    await manager.stop();
    await run;
  });

  function statesIn({ managers }: { managers: { state: string }[] }): string[] {
    return managers.map(({ state }) => state);
  }
});

describe("while nobody looks", () => {
  it("nobody listens", async () => {
    const manager = serving();
    using page = inspector(manager);
    const look = await Look.at(page);
    await look.next();
    await look.leave();
    const run = manager.runSettled();
    const up = gate();
    manager.addExecuteTask("job", ({ done }) => {
      up.open();
      return done;
    });
    await up.reached;
    assert(!manager.report().executeTasks[0]?.execute);
    const again = await Look.at(page);
    manager.addExecuteTask("seen", ({ done }) => done);
    assert(manager.report().executeTasks.at(-1)?.execute);
    await again.leave();
    await manager.stop();
    await run;
  });
});

describe("control: true", () => {
  const post = { method: "POST", headers: { origin: "http://localhost:9230" } };

  it("stops the manager, by POST of the page itself", async () => {
    const manager = serving();
    using page = inspector(manager, { control: true });
    const run = manager.runSettled();
    const node = (origin?: string) =>
      new Promise<number>((resolve) => {
        page.node({
          url: "/stop",
          method: "POST",
          headers: {
            host: "localhost:9230",
            authorization: `Bearer ${page.token}`,
            ...origin && { origin },
          },
        }, { writeHead: resolve, write() {}, end() {}, on() {} });
      });
    assertEquals(await node(), 403);
    assertEquals(await node("http://evil.test"), 403);
    assertEquals(manager.report().stop, null);
    assertEquals(await node("http://localhost:9230"), 202);
    assertEquals(await run, []);
    assertEquals(manager.report().stop?.reason, "Stopped by the inspector");
  });

  it("cancels the task that alone has a name", async () => {
    const manager = serving();
    manager.addTask("twice", { cleanup() {} });
    manager.addTask("twice", { cleanup() {} });
    using page = inspector(manager, { control: true });
    const run = manager.runSettled();
    const cancel = (name: string) =>
      new Promise<number>((resolve) => {
        page.node({
          url: `/cancel?task=${encodeURIComponent(name)}`,
          method: "POST",
          headers: {
            host: "localhost",
            origin: "http://localhost",
            authorization: `Bearer ${page.token}`,
          },
        }, { writeHead: resolve, write() {}, end() {}, on() {} });
      });
    assertEquals(await cancel("twice"), 409);
    assertEquals(await cancel("gone"), 404);
    const [api] = manager.tasks;
    assertEquals(await cancel("api"), 202);
    assertEquals(await api?.finished, "never-started");
    await manager.stop();
    await run;
  });

  it("is what it takes: otherwise it only shows", async () => {
    const manager = serving();
    using page = inspector(manager);
    const statuses: number[] = [];
    for (const path of ["stop", "cancel?task=api"]) {
      const { status } = await ask(page, path, post);
      statuses.push(status);
    }
    assertEquals(statuses, [403, 403]);
    assertEquals(manager.state, "idle");
  });
});
