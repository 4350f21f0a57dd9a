import { TaskManager } from "@goasync/core";
import { inspector } from "@goasync/core/inspector";
import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeClock } from "../helpers/fake_clock.ts";
import { ask, Look } from "../helpers/looks.ts";

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

describe("a request of node:http", () => {
  const headersOf = (token: string) => ({
    host: "localhost",
    authorization: `Bearer ${token}`,
  });

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
