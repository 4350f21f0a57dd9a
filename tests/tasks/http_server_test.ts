import { TaskContext, TaskManager } from "@goasync/core";
import { httpServer } from "@goasync/core/tasks/http-server";
import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { FakeNodeServer } from "../helpers/fake_node_server.ts";
import { gate } from "../helpers/gate.ts";
import { heard } from "../helpers/heard.ts";
import { isPending } from "../helpers/is_pending.ts";
import { pass } from "../helpers/pass.ts";
import { running } from "../helpers/running.ts";
import { started } from "../helpers/timeouts.ts";
import { serving } from "../helpers/http_serving.ts";

describe("httpServer() when it is initialized", () => {
  it("listens at a port, or where its options say", async () => {
    for (
      const [listen, expected] of [
        [8000, { port: 8000 }],
        [{ port: 0, host: "::1" }, { port: 0, host: "::1" }],
        [{}, { port: 0 }],
        [undefined, { port: 0 }],
        [{ path: "/run/api.sock" }, { path: "/run/api.sock" }],
      ] as const
    ) {
      const server = new FakeNodeServer();
      const manager = new TaskManager();
      manager.addTask("api", httpServer(server, listen));
      const { errors } = await running(manager);
      assertEquals(server.listened, [expected]);
      manager.stop();
      assertEquals(await errors, []);
    }
  });

  it("notes where it listens, and has the address until its cleanup", async () => {
    const { task, manager, errors } = await serving();
    const address = {
      url: "http://127.0.0.1:8000",
      hostname: "127.0.0.1",
      port: 8000,
    };
    assertEquals(task.address, address);
    const [note] = manager.report().tasks[0]!.notes!;
    assertEquals(note?.message, "listening at http://127.0.0.1:8000");
    assertEquals(note?.details, address);
    manager.stop();
    await errors;
    assertThrows(() => task.address, Error, "as it does not listen");
  });

  for (
    const [at, url] of [
      [{ address: "::", port: 80 }, "http://localhost:80"],
      [{ address: "0.0.0.0", port: 80 }, "http://localhost:80"],
      [{ address: "::1", port: 80 }, "http://[::1]:80"],
      ["/run/api.sock", "unix:/run/api.sock"],
      [null, "http://:0"],
    ] as const
  ) {
    it(`has an address that can be used: ${url}`, async () => {
      const server = new FakeNodeServer();
      server.at = at;
      const task = httpServer(server);
      const manager = new TaskManager();
      manager.addTask("api", task);
      const { errors } = await running(manager);
      assertEquals(task.address.url, url);
      manager.stop();
      assertEquals(await errors, []);
    });
  }

  it("has an address of https if it speaks TLS", async () => {
    const server = Object.assign(new FakeNodeServer(), { ALPNProtocols: null });
    const task = httpServer(server);
    const manager = new TaskManager();
    manager.addTask("api", task);
    const { errors } = await running(manager);
    assertEquals(task.address.url, "https://127.0.0.1:8000");
    manager.stop();
    assertEquals(await errors, []);
  });

  it("has no address before", () => {
    const task = httpServer(new FakeNodeServer());
    const pending = task.initialize!(new TaskContext({ name: "api" }));
    assertThrows(() => task.address, Error, "as it does not listen yet");
    return pending as Promise<void>;
  });

  for (
    const [listen, place] of [
      [8000, "port 8000"],
      [{ port: 8000, host: "127.0.0.1" }, "127.0.0.1:8000"],
      [{ port: 8000, host: "::1" }, "[::1]:8000"],
      [{ path: "/run/api.sock" }, "/run/api.sock"],
    ] as const
  ) {
    it(`fails with an error that names what is in use: ${place}`, async () => {
      const server = new FakeNodeServer();
      const cause = Object.assign(new Error("bind"), { code: "EADDRINUSE" });
      server.failure = cause;
      const manager = new TaskManager();
      manager.addTask("api", httpServer(server, listen));
      const [error, ...others] = await manager.runSettled();
      assertEquals(others, []);
      assertEquals(
        error?.message,
        `Task "api" failed in initialize: Cannot listen at ${place} as it is in use: another server listens there`,
      );
      assertEquals(Object(error?.cause).code, "EADDRINUSE");
      assertStrictEquals(Object(error?.cause).cause, cause);
      assertEquals(server.listenerCount(), 0);
    });
  }

  it("fails with any other error as it is", async () => {
    const server = new FakeNodeServer();
    server.failure = new Error("listen EACCES: permission denied 0.0.0.0:80");
    const manager = new TaskManager();
    manager.addTask("api", httpServer(server, 80));
    const [error] = await manager.runSettled();
    assertStrictEquals(error?.cause, server.failure);
  });

  it("fails with what listen throws, and leaves no listener behind", async () => {
    const broken = new Error("Listen method has been called more than once");
    const server = Object.assign(new FakeNodeServer(), {
      listen() {
        throw broken;
      },
    });
    const manager = new TaskManager();
    manager.addTask("api", httpServer(server));
    const [error] = await manager.runSettled();
    assertStrictEquals(error?.cause, broken);
    assertEquals(server.listenerCount(), 0);
  });

  it("fails when it is in a run already", async () => {
    const task = httpServer(new FakeNodeServer());
    const manager = new TaskManager();
    manager.addTask("first", task);
    manager.addTask("second", task);
    const [error, ...others] = await manager.runSettled();
    assertEquals(others, []);
    assertEquals(
      error?.message,
      'Task "second" failed in initialize: Cannot initialize task "second" as it is in a run already: make one for each',
    );
  });

  it("goes on in its run when that of another manager is refused", async () => {
    const server = new FakeNodeServer();
    const task = httpServer(server, 8000);
    const first = new TaskManager();
    first.addTask("first", task);
    const { errors } = await running(first);
    const second = new TaskManager();
    second.addTask("second", task);
    assertEquals((await second.runSettled()).length, 1);
    assertEquals(server.listening, true);
    first.stop();
    assertEquals(await errors, []);
    assertEquals(server.listening, false);
  });

  it("closes when it listens at last, after it was left behind", async () => {
    using time = new FakeTime();
    const slow = gate();
    const server = new FakeNodeServer();
    const manager = new TaskManager({ initializeTimeout: 100 });
    const task = httpServer(server, 8000, {
      async open(listen) {
        await slow.reached;
        server.listen(listen);
        server.listening = true;
      },
    });
    manager.addTask("api", task);
    const { errors } = await started(manager, time);
    await pass(time, 100);
    assertEquals((await errors).map(({ code }) => code), ["TIMEOUT"]);
    slow.open();
    await time.runMicrotasks();
    assertEquals(server.listened.length, 1);
    assertEquals(server.listening, false);
    assertEquals(server.listenerCount(), 0);
  });
});

describe("httpServer() with an open and a close of its own", () => {
  it("awaits them in place of the server's", async () => {
    const log: string[] = [];
    const closed = gate();
    const server = new FakeNodeServer();
    const manager = new TaskManager();
    manager.addTask(
      "api",
      httpServer(server, 8000, {
        open(listen) {
          log.push(`open at ${listen.port}`);
          server.listening = true;
        },
        async close() {
          log.push("close");
          await closed.reached;
          server.listening = false;
        },
      }),
    );
    const { errors } = await running(manager);
    assertEquals([server.listened, server.listening], [[], true]);
    manager.stop();
    assertEquals(await isPending(errors), true);
    closed.open();
    assertEquals(await errors, []);
    assertEquals(log, ["open at 8000", "close"]);
  });

  it("closes also what could not be opened", async () => {
    let closes = 0;
    const manager = new TaskManager();
    const task = httpServer(new FakeNodeServer(), 0, {
      open: () => Promise.reject(new Error("plugin")),
      close: () => closes++,
    });
    manager.addTask("api", task);
    const [error] = await manager.runSettled();
    assertEquals(error?.message, 'Task "api" failed in initialize: plugin');
    assertEquals(closes, 1);
  });

  it("fails once when the close does, and closes the server all the same", async () => {
    const server = new FakeNodeServer();
    const manager = new TaskManager();
    const task = httpServer(server, 0, {
      close: () => Promise.reject(new Error("hook")),
    });
    manager.addTask("api", task);
    const { errors } = await running(manager);
    manager.stop();
    assertEquals((await errors).map(({ message }) => message), [
      'Task "api" failed in drain: hook',
    ]);
    assertEquals(server.listening, false);
  });

  it("is left behind in a close that never ends, and is cleaned up", async () => {
    using time = new FakeTime();
    const server = new FakeNodeServer();
    const manager = new TaskManager({ stopTimeout: 100 });
    const task = httpServer(server, 0, { close: () => new Promise(() => {}) });
    manager.addTask("api", task);
    const { errors } = await started(manager, time);
    manager.stop(undefined, { drain: false });
    await pass(time, 100);
    assertEquals((await errors).map(({ code }) => code), ["TIMEOUT"]);
    assertEquals([server.listening, server.listenerCount()], [false, 0]);
  });
});

describe("httpServer() that is not executed", () => {
  it("is closed in its cleanup, and hangs up what is in flight", async () => {
    const server = new FakeNodeServer();
    const manager = new TaskManager();
    const slow = gate();
    manager.addTask("api", httpServer(server));
    manager.addTask("slow", { initialize: () => slow.reached });
    const { errors } = await running(manager);
    const socket = server.connect();
    server.request(socket);
    manager.stop();
    assertEquals(socket.isOpen, true);
    slow.open();
    assertEquals(await errors, []);
    assertEquals([server.listening, socket.isOpen], [false, false]);
    assertEquals(server.listenerCount(), 0);
  });

  it("does not listen if the manager was told before", async () => {
    const server = new FakeNodeServer();
    const manager = new TaskManager();
    manager.addTask("api", httpServer(server));
    manager.stop();
    assertEquals(await manager.runSettled(), []);
    assertEquals(server.listened, []);
  });
});

describe('httpServer() with closeOn: "cleanup"', () => {
  it("goes on until those after it are cleaned up", async () => {
    const server = new FakeNodeServer();
    const manager = new TaskManager();
    const seen: boolean[] = [];
    const see = () => seen.push(server.listening);
    manager.addTask("health", httpServer(server, 0, { closeOn: "cleanup" }));
    manager.addTask("other", { drain: see, cleanup: see });
    const { errors } = await running(manager);
    manager.stop();
    assertEquals(await errors, []);
    assertEquals(seen, [true, true]);
    assertEquals(server.listening, false);
  });
});

describe("httpServer() that fails", () => {
  it("fails its execute with the error of the server", async () => {
    const { server, errors } = await serving();
    const broken = new Error("accept");
    server.emit("error", broken);
    const [error, ...others] = await errors;
    assertEquals([error?.stage, others], ["execute", []]);
    assertStrictEquals(error?.cause, broken);
  });

  it("fails its execute with one of before", async () => {
    const server = new FakeNodeServer();
    const slow = gate();
    const manager = new TaskManager();
    manager.addTask("api", httpServer(server));
    manager.addTask("slow", { initialize: () => slow.reached });
    const { errors } = await running(manager);
    server.emit("error", new Error("accept"));
    slow.open();
    assertEquals((await errors).map(({ message }) => message), [
      'Task "api" failed in execute: accept',
    ]);
  });

  it("fails its execute when somebody else closes it", async () => {
    const { server, errors } = await serving();
    server.close(() => {});
    assertEquals((await errors).map(({ message }) => message), [
      'Task "api" failed in execute: The server was closed by something else before its task was told to stop',
    ]);
  });

  it("fails when it was added as an execute task", async () => {
    const manager = new TaskManager();
    const { execute, drain } = httpServer(new FakeNodeServer());
    manager.addExecuteTask("api", { execute: execute!, drain: drain! });
    const [error] = await manager.runSettled();
    assertEquals(
      error?.message,
      `Task "api" failed in execute: Cannot execute task "api" as it does not listen: add it with 'addTask', which has it initialized`,
    );
    await assertRejects(
      async () => await drain!(new TaskContext({ name: "api" })),
      Error,
      'Cannot drain task "api" as it does not listen',
    );
  });
});

describe("httpServer()", () => {
  it("can be run again, and leaves no listener behind", async () => {
    const server = new FakeNodeServer();
    const task = httpServer(server);
    for (let run = 1; run <= 3; run++) {
      const manager = new TaskManager();
      const log = heard(manager);
      manager.addTask("api", task);
      const { errors } = await running(manager);
      manager.stop();
      const thrown = await errors;
      assertEquals([thrown, server.listened.length], [[], run]);
      assertEquals(log.filter((line) => line.includes("notes")).length, 1);
      assertEquals(server.listenerCount(), 0);
    }
  });

  it("has nothing to clean up if it was not initialized", async () => {
    const task = httpServer(new FakeNodeServer());
    await task.cleanup!(new TaskContext({ name: "api" }));
  });
});
