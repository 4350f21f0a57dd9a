import { TaskContext, TaskManager } from "@goasync/core";
import { httpServer } from "@goasync/core/tasks/http-server";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { countedSignal } from "../helpers/counted_signal.ts";
import { FakeNodeServer, FakeResponse } from "../helpers/fake_node_server.ts";
import { isPending } from "../helpers/is_pending.ts";
import { pass } from "../helpers/pass.ts";
import { running } from "../helpers/running.ts";
import { started } from "../helpers/timeouts.ts";
import { serving } from "../helpers/http_serving.ts";

describe("httpServer() that drains", () => {
  it("takes no new connection, and closes those that are idle", async () => {
    const { server, manager, errors } = await serving();
    const fresh = server.connect();
    const used = server.connect();
    server.request(used).end();
    manager.stop();
    assertEquals(server.listening, false);
    assertEquals([fresh.isOpen, used.isOpen], [false, false]);
    assertEquals(await errors, []);
    assertEquals(server.listenerCount(), 0);
  });

  it("waits for what is in flight, and then closes its connection", async () => {
    const { server, manager, errors } = await serving();
    const socket = server.connect();
    const first = server.request(socket);
    const second = server.request(socket); // pipelined
    manager.stop();
    first.end();
    assertEquals([manager.state, await isPending(errors)], ["draining", true]);
    assertEquals(socket.isOpen, true);
    second.end();
    assertEquals(socket.isOpen, false);
    assertEquals(await errors, []);
  });

  it("lets a connection end what it writes", async () => {
    const { server, manager, errors } = await serving();
    const socket = server.connect();
    let ends = 0;
    Object.assign(socket, {
      destroySoon() {
        ends++;
        socket.destroy();
      },
    });
    manager.stop();
    assertEquals(ends, 1);
    assertEquals(await errors, []);
  });

  it("says itself which connections are idle while it closes", async () => {
    let closes = 0;
    const closeIdleConnections = () => closes++;
    const server = Object.assign(new FakeNodeServer(), {
      closeIdleConnections,
    });
    const manager = new TaskManager();
    manager.addTask("api", httpServer(server));
    const { errors } = await running(manager);
    server.closeIdleConnections();
    const busy = server.connect();
    const response = server.request(busy);
    manager.stop();
    const late = server.connect(); // It was about to be accepted.
    server.closeIdleConnections();
    assertEquals([closes, busy.isOpen, late.isOpen], [1, true, false]);
    response.end();
    assertEquals(await errors, []);
    assertStrictEquals(server.closeIdleConnections, closeIdleConnections);
  });

  it("waits for what is in flight on a server that somebody else closes", async () => {
    const { server, manager, errors } = await serving();
    const response = server.request();
    server.close(() => {});
    manager.stop();
    assertEquals([manager.state, await isPending(errors)], ["draining", true]);
    assertEquals(response.headers, { connection: "close" });
    response.end();
    assertEquals(await errors, []);
  });

  it("waits for what is in flight where its own close fails or leaves it open", async () => {
    const hook = new Error("hook");
    const fail = () => {
      throw hook;
    };
    const rounds: [() => unknown, Error[]][] = [
      [() => {}, []],
      [() => Promise.reject(hook), [hook]],
      [fail, [hook]],
    ];
    for (const [close, expected] of rounds) {
      const { server, manager, errors } = await serving({ close });
      const idle = server.connect();
      const response = server.request();
      manager.stop();
      assertEquals(await isPending(errors), true);
      assertEquals([idle.isOpen, server.listening], [false, false]);
      response.end();
      assertEquals((await errors).map(({ cause }) => cause), expected);
    }
  });

  it("waits for connections that are upgraded", async () => {
    for (const event of ["upgrade", "connect"]) {
      const server = new FakeNodeServer();
      server.on(event, () => {});
      const manager = new TaskManager();
      manager.addTask("api", httpServer(server));
      const { errors } = await running(manager);
      const socket = server.connect();
      server.emit(event, { socket }, socket);
      server.emit(event, { socket: {} }); // of no connection that it knows
      manager.stop();
      assertEquals(await isPending(errors), true);
      socket.destroy();
      assertEquals(await errors, []);
    }
  });

  it("waits for requests that expect something", async () => {
    for (
      const [event, handsOn] of [
        ["checkContinue", true],
        ["checkContinue", false],
        ["checkExpectation", false],
      ] as const
    ) {
      const server = new FakeNodeServer();
      const socket = server.connect();
      const response = new FakeResponse();
      server.on(event, () => {
        if (handsOn) server.emit("request", { socket }, response);
      });
      const manager = new TaskManager();
      manager.addTask("api", httpServer(server));
      const { errors } = await running(manager);
      server.emit("connection", socket);
      server.emit(event, { socket }, response);
      manager.stop();
      assertEquals(await isPending(errors), true);
      assertEquals(response.headers, { connection: "close" });
      response.end();
      assertEquals(await errors, []);
      assertEquals(response.listenerCount(), 0);
    }
  });

  it("listens to no upgrades where the server does not", async () => {
    const { server, manager, errors } = await serving();
    for (const event of ["upgrade", "connect", "checkContinue"]) {
      assertEquals(server.listenerCount(event), 0);
    }
    manager.stop();
    assertEquals(await errors, []);
  });

  it("asks clients to come no more, in the last answer of each connection", async () => {
    const { server, manager, errors } = await serving();
    const close = { connection: "close" };
    const begun = server.request();
    begun.headersSent = true;
    const socket = server.connect();
    const first = server.request(socket);
    const second = server.request(socket); // pipelined
    manager.stop();
    assertEquals([begun, first, second].map(({ headers }) => headers), [
      {},
      {}, // Else the answer after it would be lost.
      close,
    ]);
    const third = server.request(socket);
    assertEquals([second.headers, third.headers], [{}, close]);
    third.headersSent = true;
    const fourth = server.request(socket);
    assertEquals([third.headers, fourth.headers], [close, close]);
    const late = server.request();
    assertEquals(late.headers, close);
    for (const response of [begun, first, second, third, fourth, late]) {
      response.end();
    }
    assertEquals(await errors, []);
  });

  it("hangs up the rest when its signal aborts", async () => {
    const { server, manager, errors } = await serving();
    const socket = server.connect();
    server.request(socket);
    manager.stop();
    assertEquals(await isPending(errors), true);
    manager.stop(undefined, { drain: false });
    assertEquals(await errors, []);
    assertEquals(socket.isOpen, false);
  });

  it("hangs up everything when it is stopped without a drain", async () => {
    const { server, manager, errors } = await serving();
    const socket = server.connect();
    server.request(socket);
    manager.stop(undefined, { drain: false });
    assertEquals(await errors, []);
    assertEquals([server.listening, socket.isOpen], [false, false]);
  });

  it("lets sessions of HTTP/2 end, and hangs up the rest", async () => {
    const { server, manager, errors } = await serving();
    const socket = server.connect("nothing");
    const session = server.connect("nothing");
    server.on("connection", () => server.emit("session", session));
    server.emit("connection", socket);
    manager.stop();
    assertEquals(session.isAskedToClose, true);
    assertEquals([session.isOpen, socket.isOpen], [true, true]);
    manager.stop(undefined, { drain: false });
    assertEquals(await errors, []);
    assertEquals([session.isOpen, socket.isOpen], [false, false]);
  });

  it("listens to requests of HTTP/2 only where the server does", async () => {
    for (const listens of [true, false]) {
      const server = Object.assign(new FakeNodeServer(), {
        updateSettings() {},
      });
      if (listens) server.on("request", () => {});
      const manager = new TaskManager();
      manager.addTask("api", httpServer(server));
      const { errors } = await running(manager);
      assertEquals(server.listenerCount("request"), listens ? 2 : 0);
      manager.stop();
      assertEquals(await errors, []);
    }
  });

  it("lets a session end that begins while it closes", async () => {
    const { server, manager, errors } = await serving();
    server.request();
    manager.stop();
    const session = server.connect("session");
    assertEquals(session.isAskedToClose, true);
    manager.stop(undefined, { drain: false });
    assertEquals(await errors, []);
  });

  it("closes what TLS has made nothing of yet", async () => {
    const server = Object.assign(new FakeNodeServer(), { ALPNProtocols: null });
    const manager = new TaskManager();
    manager.addTask("api", httpServer(server));
    const { errors } = await running(manager);
    const [silent, gone, raw, secure] = [1, 2, 3, 3].map((remotePort) => {
      const client = { remoteAddress: "127.0.0.1", remotePort };
      return Object.assign(server.connect("nothing"), client);
    });
    for (const each of [silent, gone, raw]) server.emit("connection", each);
    server.emit("secureConnection", secure);
    gone!.destroy();
    const response = server.request(secure);
    manager.stop();
    assertEquals([silent!.isOpen, raw!.isOpen, secure!.isOpen], [
      false,
      true,
      true,
    ]);
    response.end();
    raw!.destroy();
    assertEquals(await errors, []);
  });

  it("sees what TLS has made of a connection", async () => {
    const server = Object.assign(new FakeNodeServer(), { ALPNProtocols: null });
    const manager = new TaskManager();
    manager.addTask("api", httpServer(server));
    const { errors } = await running(manager);
    const raw = server.connect();
    const secure = server.connect("secureConnection");
    const response = server.request(secure);
    manager.stop();
    assertEquals([raw.isOpen, secure.isOpen], [true, true]);
    response.end();
    assertEquals(secure.isOpen, false);
    raw.destroy();
    assertEquals(await errors, []);
  });
});

describe("httpServer() with a closeDelay", () => {
  it("goes on for so long, and asks clients to come no more", async () => {
    using time = new FakeTime();
    const server = new FakeNodeServer();
    const manager = new TaskManager();
    manager.addTask("api", httpServer(server, 0, { closeDelay: 1_000 }));
    const { errors } = await started(manager, time);
    const idle = server.connect();
    manager.stop();
    await pass(time, 999);
    assertEquals([server.listening, idle.isOpen], [true, true]);
    const response = server.request(idle);
    assertEquals(response.headers, { connection: "close" });
    response.end();
    assertEquals(idle.isOpen, true); // It is the server that closes it now.
    await pass(time, 1);
    assertEquals([server.listening, idle.isOpen], [false, false]);
    assertEquals(await errors, []);
  });

  it("does not fail when somebody else closes it meanwhile", async () => {
    using time = new FakeTime();
    const server = new FakeNodeServer();
    const manager = new TaskManager();
    manager.addTask("api", httpServer(server, 0, { closeDelay: 1_000 }));
    const { errors } = await started(manager, time);
    manager.stop();
    server.close(() => {});
    await pass(time, 1_000);
    assertEquals(await errors, []);
  });

  it("goes on no longer when its signal aborts", async () => {
    using time = new FakeTime();
    const server = new FakeNodeServer();
    const manager = new TaskManager();
    manager.addTask("api", httpServer(server, 0, { closeDelay: 1_000 }));
    const { errors } = await started(manager, time);
    server.request();
    manager.stop();
    await pass(time, 500);
    manager.stop(undefined, { drain: false });
    assertEquals(await errors, []);
    assertEquals(server.listening, false);
  });

  it("leaves neither timer nor listener behind, whatever ends it", async () => {
    using time = new FakeTime();
    for (const aborts of [false, true]) {
      const outer = countedSignal();
      const task = httpServer(new FakeNodeServer(), 0, { closeDelay: 1_000 });
      const context = new TaskContext({
        name: "api",
        signal: outer.signal,
        draining: AbortSignal.abort(),
      });
      await task.initialize!(context);
      const drained = task.drain!(context);
      await pass(time, 10);
      assertEquals(outer.listeners(), 1);
      if (aborts) outer.abort();
      else await pass(time, 1_000);
      await drained;
      assertEquals(outer.listeners(), aborts ? 1 : 0);
      await task.cleanup!(new TaskContext({ name: "api" }));
    }
  });
});
