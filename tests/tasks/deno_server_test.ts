import { TaskManager } from "@goasync/core";
import {
  denoServer,
  type DenoServerOptions,
} from "@goasync/core/tasks/deno-server";
import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { FakeDeno, replaceDeno } from "../helpers/fake_deno.ts";
import { gate } from "../helpers/gate.ts";
import { isPending } from "../helpers/is_pending.ts";
import { pass } from "../helpers/pass.ts";
import { running } from "../helpers/running.ts";
import { started } from "../helpers/timeouts.ts";

const hello = () => new Response("hello");

/** A task of a fake server, which listens and executes. */
async function serving(
  deno: FakeDeno,
  handler: () => Response | Promise<Response> = hello,
  options: DenoServerOptions = {},
) {
  const task = denoServer(options, handler);
  const manager = new TaskManager();
  manager.addTask("api", task);
  const { errors } = await running(manager);
  return { server: deno.servers.at(-1)!, task, manager, errors };
}

describe("denoServer() when it is initialized", () => {
  it("serves with its options, and a signal of its own", async () => {
    using deno = new FakeDeno();
    const options = { port: 0, hostname: "127.0.0.1", reusePort: true };
    const task = denoServer({ ...options, closeDelay: 0 }, hello);
    const outer = new AbortController();
    const manager = new TaskManager();
    manager.addTask("api", task);
    const { errors } = await running(manager, { signal: outer.signal });
    const { signal, onListen: _, ...given } = deno.servers[0]!.options;
    assertEquals<object>(given, options);
    outer.abort();
    assertEquals(signal.aborted, false);
    assertEquals(await errors, []);
  });

  it("notes where it listens, and has the address", async () => {
    for (
      const [addr, options, url] of [
        [{ hostname: "127.0.0.1", port: 80 }, {}, "http://127.0.0.1:80"],
        [{ hostname: "0.0.0.0", port: 80 }, {}, "http://localhost:80"],
        [{ hostname: "::1", port: 443 }, { cert: "" }, "https://[::1]:443"],
        [{ path: "/run/api.sock" }, {}, "unix:/run/api.sock"],
        [{}, {}, "http://:0"],
      ] as const
    ) {
      using deno = new FakeDeno();
      deno.addr = addr;
      const { task, manager, errors } = await serving(deno, hello, options);
      assertEquals(task.address.url, url);
      const [note] = manager.report().tasks[0]!.notes!;
      assertEquals(note?.message, `listening at ${url}`);
      manager.stop();
      assertEquals(await errors, []);
    }
  });

  it("fails with an error that names what is in use", async () => {
    for (
      const [options, place] of [
        [{}, "port 8000"],
        [{ port: 80, hostname: "127.0.0.1" }, "127.0.0.1:80"],
        [{ path: "/run/api.sock" }, "/run/api.sock"],
      ] as const
    ) {
      using deno = new FakeDeno();
      deno.failure = Object.assign(new Error("in use"), { code: "EADDRINUSE" });
      const manager = new TaskManager();
      manager.addTask("api", denoServer(options, hello));
      const [error, ...others] = await manager.runSettled();
      assertEquals(others, []);
      assertEquals(
        error?.message,
        `Task "api" failed in initialize: Cannot listen at ${place} as it is in use: another server listens there`,
      );
    }
  });

  it("notes on Deno Deploy what it cannot do, if it may know", async () => {
    for (const mayReadEnvironment of [true, false]) {
      using deno = new FakeDeno();
      deno.environment = { DENO_DEPLOYMENT_ID: "1" };
      deno.mayReadEnvironment = mayReadEnvironment;
      const { manager, errors } = await serving(deno);
      manager.stop();
      await errors;
      const notes = manager.report().tasks[0]!.notes!;
      const said = notes.map(({ message }) => message).filter((message) =>
        message.includes("on Deno Deploy, which chooses the address")
      );
      assertEquals(said.length, mayReadEnvironment ? 1 : 0);
    }
  });
});

describe("denoServer() that drains", () => {
  it("is shut down when nothing is in flight", async () => {
    using deno = new FakeDeno();
    const { server, manager, errors } = await serving(deno);
    const { response, complete } = server.request();
    assertEquals((await response).headers.get("connection"), null);
    complete();
    manager.stop();
    assertEquals(await errors, []);
    assertEquals(server.log, ["shut down"]);
  });

  it("waits for what is in flight, also if it cannot be answered", async () => {
    using deno = new FakeDeno();
    const { server, manager, errors } = await serving(deno);
    const [first, second] = [server.request(), server.request()];
    manager.stop();
    first.complete();
    assertEquals(await isPending(errors), true);
    assertEquals(server.log, []);
    second.complete(new Error("The client has gone"));
    assertEquals(await errors, []);
    assertEquals(server.log, ["shut down"]);
  });

  it("refuses what is new, and does not wait for it", async () => {
    using deno = new FakeDeno();
    const { server, manager, errors } = await serving(deno);
    const accepted = server.request();
    manager.stop();
    const { status, headers } = await server.request().response;
    assertEquals([status, headers.get("connection")], [503, "close"]);
    accepted.complete();
    assertEquals(await errors, []);
  });

  it("goes on for its closeDelay, and asks clients to come no more", async () => {
    using time = new FakeTime();
    using deno = new FakeDeno();
    const manager = new TaskManager();
    const answers = [
      new Response("text", { status: 201, headers: { "x-own": "1" } }),
      Response.redirect("http://localhost/other"),
      Response.error(), // whose status no one may construct
    ];
    const handler = () => answers.shift()!;
    manager.addTask("api", denoServer({ closeDelay: 1_000 }, handler));
    const { errors } = await started(manager, time);
    const [server] = deno.servers;
    manager.stop();
    await pass(time, 999);
    for (const expected of [201, 302, 0]) {
      const { response, complete } = server!.request();
      const { status, headers } = await response;
      assertEquals([status, headers.get("connection")], [
        expected,
        expected === 0 ? null : "close",
      ]);
      if (expected === 201) {
        assertEquals(headers.get("x-own"), "1");
        assertEquals(await (await response).text(), "text");
      }
      complete();
    }
    assertEquals(server!.log, []);
    await pass(time, 1);
    assertEquals(await errors, []);
    assertEquals(server!.log, ["shut down"]);
  });

  it("hands on as it is what Deno has fetched and decoded, and what is no answer", async () => {
    using deno = new FakeDeno();
    const encoded = { headers: { "content-encoding": "br" } };
    const fetched = new Response("decoded", encoded);
    Object.defineProperty(fetched, "url", { value: "http://localhost/" });
    const answers = [fetched, Object("none"), new Response("own", encoded)];
    const { server, manager, errors } = await serving(
      deno,
      () => new Promise((resolve) => held.push(resolve)),
    );
    const held: ((response: Response) => void)[] = [];
    const inFlight = answers.map(() => server.request());
    manager.stop();
    answers.forEach((answer, index) => held[index]!(answer));
    const [first, second, third] = await Promise.all(
      inFlight.map(({ response }) => response),
    );
    assertStrictEquals(first, fetched);
    assertStrictEquals(second, answers[1]);
    assertEquals(third!.headers.get("connection"), "close");
    for (const { complete } of inFlight) complete();
    assertEquals(await errors, []);
  });

  it("hangs up what is in flight when its signal aborts", async () => {
    using deno = new FakeDeno();
    const { server, manager, errors } = await serving(deno);
    server.request();
    manager.stop();
    assertEquals(await isPending(errors), true);
    manager.stop(undefined, { drain: false });
    assertEquals(await errors, []);
    assertEquals(server.log, ["killed"]);
  });

  it("is never killed after it was shut down, but left behind", async () => {
    using deno = new FakeDeno();
    const { server, manager, errors } = await serving(deno);
    server.shutdown = () => {
      server.log.push("shut down");
      return new Promise(() => {});
    };
    manager.stop();
    assertEquals(await isPending(errors), true);
    manager.stop(undefined, { drain: false });
    assertEquals(await errors, []);
    assertEquals(server.log, ["shut down"]);
  });

  it("waits for WebSockets that are tracked", async () => {
    using deno = new FakeDeno();
    const { server, task, manager, errors } = await serving(deno);
    const socket = new EventTarget();
    task.track(socket);
    manager.stop();
    assertEquals(await isPending(errors), true);
    socket.dispatchEvent(new Event("close"));
    assertEquals(await errors, []);
    assertEquals(server.log, ["shut down"]);
    assertThrows(() => task.track(socket), Error, "as the server does not");
  });

  it("waits for no WebSocket that is closed, nor twice for one", async () => {
    using deno = new FakeDeno();
    const { task, manager, errors } = await serving(deno);
    task.track(Object.assign(new EventTarget(), { readyState: 3 }));
    const socket = new EventTarget();
    task.track(socket);
    task.track(socket);
    manager.stop();
    assertEquals(await isPending(errors), true);
    socket.dispatchEvent(new Event("close"));
    assertEquals(await errors, []);
  });
});

describe("denoServer()", () => {
  it("passes on what its handler throws", async () => {
    using deno = new FakeDeno();
    const broken = new Error("broken");
    for (
      const handler of [
        () => Promise.reject(broken),
        () => {
          throw broken;
        },
      ]
    ) {
      const { server, manager, errors } = await serving(deno, handler);
      const { response, complete } = server.request();
      const thrown = await assertRejects(() => response);
      assertStrictEquals(thrown, broken);
      complete();
      manager.stop();
      assertEquals(await errors, []);
    }
  });

  it("is killed in its cleanup if it was not executed", async () => {
    using deno = new FakeDeno();
    const slow = gate();
    const manager = new TaskManager();
    manager.addTask("api", denoServer({}, hello));
    manager.addTask("slow", { initialize: () => slow.reached });
    const { errors } = await running(manager);
    const [server] = deno.servers;
    server!.request();
    manager.stop();
    assertEquals(server!.log, []);
    slow.open();
    assertEquals(await errors, []);
    assertEquals(server!.log, ["killed"]);
  });

  it('goes on until its cleanup with closeOn: "cleanup"', async () => {
    using deno = new FakeDeno();
    const manager = new TaskManager();
    const log: string[][] = [];
    const see = () => log.push([...deno.servers[0]!.log]);
    manager.addTask("health", denoServer({ closeOn: "cleanup" }, hello));
    manager.addTask("other", { drain: see, cleanup: see });
    const { errors } = await running(manager);
    manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, [[], []]);
    assertEquals(deno.servers[0]!.log, ["killed"]);
  });

  it("fails its execute when the server ends by itself, and does not kill it", async () => {
    using deno = new FakeDeno();
    const { server, errors } = await serving(deno);
    server.request();
    server.finish();
    assertEquals((await errors).map(({ message }) => message), [
      'Task "api" failed in execute: The server was closed by something else before its task was told to stop',
    ]);
    assertEquals(server.log, []);
  });

  it("fails its execute with the error that ends the server", async () => {
    using deno = new FakeDeno();
    const { server, errors } = await serving(deno);
    const broken = new Error("accept");
    server.fail(broken);
    const [error, ...others] = await errors;
    assertStrictEquals(error?.cause, broken);
    assertEquals([error?.stage, others], ["execute", []]);
  });

  it("does not fail when the server ends while it goes on for its closeDelay", async () => {
    using deno = new FakeDeno();
    using time = new FakeTime();
    const manager = new TaskManager();
    manager.addTask("api", denoServer({ closeDelay: 1_000 }, hello));
    const { errors } = await started(manager, time);
    manager.stop();
    deno.servers[0]!.finish();
    await pass(time, 1_000);
    assertEquals(await errors, []);
    assertEquals(deno.servers[0]!.log, []);
  });

  it("can be run again", async () => {
    using deno = new FakeDeno();
    const task = denoServer({}, hello);
    for (let run = 1; run <= 3; run++) {
      const manager = new TaskManager();
      manager.addTask("api", task);
      const { errors } = await running(manager);
      manager.stop();
      assertEquals(await errors, []);
      assertEquals(deno.servers.length, run);
    }
  });
});

describe("denoServer() throws", () => {
  const bad = (...args: unknown[]) => () =>
    Reflect.apply(denoServer, undefined, args);

  it("TypeError where there is no Deno", () => {
    for (const none of [undefined, {}]) {
      using _none = replaceDeno(none);
      assertThrows(
        bad({}, hello),
        TypeError,
        'Cannot serve with Deno.serve as this runtime has none: run it on Deno 2, or use httpServer of "@goasync/core/tasks/http-server"',
      );
    }
  });

  it("TypeError or RangeError for its arguments", () => {
    using _deno = new FakeDeno();
    assertThrows(bad(null, hello), TypeError, "the options must be an object");
    assertThrows(bad({}, {}), TypeError, "'handler' must be a function");
    assertThrows(
      bad({ signal: AbortSignal.abort() }, hello),
      TypeError,
      "Cannot serve with Deno.serve as it is the manager that stops it, without a 'signal'",
    );
    assertThrows(bad({ closeDelay: -1 }, hello), RangeError, "'closeDelay'");
    assertThrows(bad({ closeOn: "stop" }, hello), TypeError, "'closeOn'");
  });

  it("Error for a WebSocket that comes before it listens", () => {
    using _deno = new FakeDeno();
    assertThrows(
      () => denoServer({}, hello).track(new EventTarget()),
      Error,
      "Cannot track a WebSocket as the server does not listen",
    );
  });
});
