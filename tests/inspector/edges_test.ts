import { TaskManager } from "@goasync/core";
import { inspector } from "@goasync/core/inspector";
import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { BusyManager } from "../helpers/busy_manager.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { gate } from "../helpers/gate.ts";
import { ask, Look } from "../helpers/looks.ts";
import { watchedManager } from "../helpers/watched_manager.ts";

describe("a connection on which nothing is told", () => {
  it("shows every 5 s that it lives", async () => {
    using time = new FakeClock();
    using page = inspector(new TaskManager());
    const look = await Look.at(page);
    assertEquals((await look.next())?.event, "story");
    for (let times = 0; times < 2; times++) {
      await time.tickAsync(5_000);
      assertEquals((await look.next())?.event, "");
    }
    await look.leave();
  });
});

const headersOf = (token: string) => ({
  host: "localhost",
  authorization: `Bearer ${token}`,
});

describe("a request of node:http", () => {
  it("that lacks a Host, a path and a method is refused", () => {
    const { node } = inspector(new TaskManager());
    let status = 0;
    node({ headers: {} }, {
      writeHead: (given) => void (status = given),
      write() {},
      end() {},
      on() {},
    });
    assertEquals(status, 403);
  });

  it("is sent more when what was sent is taken, until it is closed", async () => {
    const page = inspector(new TaskManager());
    const listeners = new Map<string, () => void>();
    const sent: string[] = [];
    let whenSent = () => {};
    let isOver = false;
    const written = () => new Promise<void>((resolve) => whenSent = resolve);
    const first = written();
    page.node({ url: "/events", headers: headersOf(page.token) }, {
      writeHead() {},
      write: (chunk) => {
        sent.push(new TextDecoder().decode(chunk));
        whenSent();
        return false;
      },
      end: () => {
        isOver = true;
        whenSent();
      },
      on: (event, listener) => void listeners.set(event, listener),
    });
    await first;
    assertEquals(sent.length, 1);
    assertMatch(sent[0] ?? "", /^id: .*\nevent: story\n/);
    const ended = written();
    listeners.get("drain")?.();
    listeners.get("close")?.();
    await ended;
    assertEquals([sent.length, isOver], [1, true]);
  });
});

describe("a looker of node:http that does not read", () => {
  it("has eight messages waiting for it at most, and then the whole", async () => {
    const busy = new BusyManager(12);
    const { manager } = busy;
    using page = inspector(manager);
    const listeners = new Map<string, () => void>();
    const sent: string[] = [];
    let isFull = true;
    const last = gate();
    page.node({ url: "/events", headers: headersOf(page.token) }, {
      writeHead() {},
      write(chunk) {
        const text = new TextDecoder().decode(chunk);
        sent.push(text);
        if (text.includes("note 11")) last.open();
        return !isFull;
      },
      end() {},
      on: (event, listener) => void listeners.set(event, listener),
    });
    const quick = await Look.at(page);
    await quick.next();
    const run = manager.runSettled();
    await quick.next();
    await busy.noteAll(quick);
    assertEquals(sent.length, 1);
    isFull = false;
    listeners.get("drain")?.();
    await last.reached;
    assertEquals(sent.length <= 10, true, `${sent.length}`);
    assertMatch(sent.at(-1) ?? "", /\nevent: story\n/);
    listeners.get("close")?.();
    await quick.leave();
    await manager.stop();
    await run;
  });

  it("is gone where its connection was closed before it was answered", async () => {
    const { manager, begun, ended } = watchedManager();
    using page = inspector(manager);
    page.node({ url: "/events", headers: headersOf(page.token) }, {
      destroyed: true,
      writeHead() {},
      write() {},
      end() {},
      on() {},
    });
    await begun;
    await ended;
  });
});

describe("control of what cannot be controlled", () => {
  it("finds no task, as there is none to be had", () => {
    const { state, subscribe, report } = new TaskManager();
    const bare = { state, subscribe, report, stop: () => Promise.resolve() };
    const it = inspector(bare, { control: true });
    const statuses: number[] = [];
    for (const url of ["/cancel", "/cancel?task=api"]) {
      it.node({
        url,
        method: "POST",
        headers: {
          host: "localhost",
          origin: "http://localhost",
          authorization: `Bearer ${it.token}`,
        },
      }, {
        writeHead: (status) => void statuses.push(status),
        write() {},
        end() {},
        on() {},
      });
    }
    assertEquals(statuses, [404, 404]);
  });
});

describe("a request of the web", () => {
  it("by HEAD has no body", async () => {
    using page = inspector(new TaskManager());
    for (const path of ["", "story"]) {
      const response = await ask(page, path, { method: "HEAD" });
      assertEquals([response.status, await response.text()], [200, ""]);
    }
  });
});

describe("what an error has for a stack", () => {
  it("is its message, where it has none", async () => {
    const manager = new TaskManager();
    using page = inspector(manager);
    const bare = Object.assign(new Error("empty"), { stack: "" });
    manager.addExecuteTask("bad", () => Promise.reject("lost"));
    manager.addExecuteTask("bare", () => Promise.reject(bare));
    manager.addTask("early", { execute() {} });
    const look = await Look.at(page);
    await manager.runSettled();
    await look.leave();
    const { failures } = await (await ask(page, "story")).json();
    assertEquals(
      failures.map(({ stack }: { stack: string }) => stack).sort(),
      [
        'TaskError: Task "early" returned from execute before it was told to stop: use type "error" for a task that may end',
        "empty",
        "lost",
      ],
    );
  });
});

describe("an error whose stack throws when it is read", () => {
  it("is told with its message and what has caused it", async () => {
    const manager = new TaskManager();
    using page = inspector(manager);
    const hostile = Object.defineProperty(
      new Error("outer", { cause: "inner" }),
      "stack",
      {
        get() {
          throw new Error("caught me");
        },
      },
    );
    manager.addExecuteTask("bad", () => Promise.reject(hostile));
    const look = await Look.at(page);
    await manager.runSettled();
    await look.leave();
    const { failures } = await (await ask(page, "story")).json();
    assertEquals(failures[0].stack, "outer\nCaused by: inner");
  });
});

describe("a manager whose report cannot be told", () => {
  it("goes on, and who looks is told that", async () => {
    const manager = new TaskManager();
    manager.addTask("api", { execute: ({ done }) => done });
    const subscribe = manager.subscribe.bind(manager);
    const report = () => {
      throw new RangeError("Invalid string length");
    };
    using page = inspector({ state: manager.state, subscribe, report });
    const look = await Look.at(page);
    const run = manager.runSettled();
    const done = gate();
    manager.addExecuteTask("job", done.open, { type: "error" });
    await done.reached;
    const response = await ask(page, "story");
    assertEquals(response.status, 500);
    assertEquals(
      await response.text(),
      "This cannot be answered: Invalid string length\n",
    );
    await manager.stop();
    assertEquals(await run, []);
    await look.leave();
  });
});

describe("what is told", () => {
  it("takes a tenth of the time at most, however long a report takes", async () => {
    using time = new FakeClock();
    let taken = 0;
    performance.now = () => time.now + taken;
    const manager = new TaskManager();
    manager.addTask("busy", { execute: ({ done }) => done });
    let reports = 0;
    let say = (_message: string) => {};
    manager.addExecuteTask("noisy", ({ note, done }) => {
      say = note;
      return done;
    });
    const slow = {
      state: manager.state,
      subscribe: manager.subscribe.bind(manager),
      report() {
        reports++;
        taken += 50;
        return manager.report();
      },
    };
    using page = inspector(slow);
    const look = await Look.at(page);
    const run = manager.runSettled();
    for (let passed = 0; passed < 5_000; passed += 10) {
      say(`after ${passed} ms`);
      await time.tickAsync(10);
    }
    assertEquals(reports >= 8 && reports <= 14, true, `${reports}`);
    void manager.stop();
    await time.runMicrotasks();
    await run;
    await look.leave();
  });
});

describe("reports beside those that are sent", () => {
  it("are left out where they would take too long", async () => {
    const inner = new TaskManager();
    const manager = new TaskManager();
    inner.addTask("one", { initialize() {}, execute: ({ done }) => done });
    inner.addTask("two", { initialize() {}, execute: ({ done }) => done });
    manager.addTask("within", inner.asTask());
    let reports = 0;
    using time = new FakeClock();
    const slow = {
      state: manager.state,
      subscribe: manager.subscribe.bind(manager),
      report() {
        reports++;
        time.tick(200);
        return manager.report();
      },
    };
    using page = inspector(slow);
    const look = await Look.at(page);
    const before = reports;
    const run = manager.runSettled();
    for (let turn = 0; turn < 30; turn++) await time.runMicrotasks();
    assertEquals(reports - before, 1);
    void manager.stop();
    for (let turn = 0; turn < 30; turn++) await time.runMicrotasks();
    await run;
    await look.leave();
  });
});
