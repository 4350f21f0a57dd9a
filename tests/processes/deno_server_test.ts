import { TaskManager } from "@goasync/core";
import {
  denoServer,
  type DenoServerOptions,
} from "@goasync/core/tasks/deno-server";
import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { isPending } from "../helpers/is_pending.ts";
import { Client } from "../servers/client.ts";

/** A server that executes, until it is stopped. */
async function serving(
  handler: Deno.ServeHandler<Deno.NetAddr>,
  options: DenoServerOptions = {},
) {
  const task = denoServer(
    { port: 0, hostname: "127.0.0.1", ...options },
    handler,
  );
  const manager = new TaskManager({ drainTimeout: 30_000 });
  manager.addTask("api", task);
  const up = gate();
  manager.addExecuteTask("up", up.open, { type: "error" });
  const errors = manager.runSettled();
  await up.reached;
  return { task, port: task.address.port, manager, errors };
}

/** Resolves when a target has an event. */
function event(target: EventTarget, name: string): Promise<Event> {
  return new Promise((resolve) =>
    target.addEventListener(name, resolve, { once: true })
  );
}

describe("denoServer() of Deno.serve", () => {
  it("answers what is in flight, and closes all that is idle", async () => {
    const asked = gate();
    const held = gate();
    const { port, manager, errors } = await serving(async ({ url }) => {
      if (url.endsWith("/held")) {
        asked.open();
        await held.reached;
      }
      return new Response("answered");
    });
    const [unused, kept, busy] = await Promise.all(
      [1, 2, 3].map(() => Client.to(port)),
    );
    assertMatch(await kept!.get("/kept"), /200 OK/);
    const answer = busy!.get("/held");
    await asked.reached;
    void manager.stop();
    assertMatch(await kept!.get("/late"), /503 [^]*connection: close/i);
    assertEquals(manager.state, "draining");
    held.open();
    assertMatch(await answer, /200 OK[^]*connection: close/i);
    assertEquals(await errors, []);
    await Promise.all([unused, kept, busy].map((each) => each!.closed));
  });

  it("goes on for its closeDelay, but asks clients to come no more", async () => {
    const { port, manager, errors } = await serving(
      () => new Response("answered"),
      { closeDelay: 20_000 },
    );
    const kept = await Client.to(port);
    assertEquals(/connection: close/i.test(await kept.get("/")), false);
    void manager.stop();
    assertMatch(await kept.get("/again"), /200 OK[^]*connection: close/i);
    assertEquals(manager.state, "draining");
    void manager.stop(undefined, { drain: false });
    await kept.closed;
    assertEquals(await errors, []);
  });

  it("answers with what it has fetched, and as Deno does to what is no answer", async () => {
    await using upstream = Deno.serve({
      port: 0,
      hostname: "127.0.0.1",
      automaticCompression: true,
      onListen() {},
    }, () => Response.json("x".repeat(1_000)));
    const { task, port, manager, errors } = await serving(
      ({ url }) => {
        if (url.endsWith("/none")) return Object("no response");
        return fetch(`http://127.0.0.1:${upstream.addr.port}/`);
      },
      {
        closeDelay: 20_000,
        onError: () => new Response("sorry", { status: 500 }),
      },
    );
    void manager.stop();
    const response = await fetch(task.address.url);
    assertEquals(await response.json(), "x".repeat(1_000));
    const client = await Client.to(port);
    assertMatch(await client.get("/none"), /^HTTP\/1.1 500 /);
    client.close();
    void manager.stop(undefined, { drain: false });
    assertEquals(await errors, []);
  });

  it("waits for the body of an answer, and for a WebSocket", async () => {
    let body!: ReadableStreamDefaultController<Uint8Array>;
    const { task, port, manager, errors } = await serving((request) => {
      if (request.headers.get("upgrade") === "websocket") {
        const { socket, response } = Deno.upgradeWebSocket(request);
        task.track(socket);
        socket.onmessage = ({ data }) => socket.send(`You said ${data}`);
        return response;
      }
      return new Response(
        new ReadableStream({ start: (controller) => void (body = controller) }),
      );
    });
    const client = await Client.to(port);
    await client.get("/body");
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    await event(socket, "open");
    void manager.stop();
    const answer = event(socket, "message");
    socket.send("hello");
    assertEquals((await answer as MessageEvent).data, "You said hello");
    const closed = event(socket, "close");
    socket.close();
    await closed;
    assertEquals(manager.state, "draining");
    body.enqueue(new TextEncoder().encode("end"));
    body.close();
    await client.until("end");
    assertEquals(await errors, []);
    client.close();
  });

  it("hangs up whatever is left when its signal aborts", async () => {
    const asked = gate();
    const { task, port, manager, errors } = await serving((request) => {
      if (request.url.endsWith("/socket")) {
        const { socket, response } = Deno.upgradeWebSocket(request);
        task.track(socket);
        return response;
      }
      if (request.url.endsWith("/body")) {
        return new Response(new ReadableStream());
      }
      asked.open();
      return new Promise(() => {});
    });
    const clients = await Promise.all([1, 2, 3].map(() => Client.to(port)));
    const [busy, streaming, partial] = clients;
    await streaming!.get("/body");
    busy!.get("/held").catch(() => {});
    partial!.send("GET / HTTP/1.1\r\nho");
    const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`);
    await Promise.all([event(socket, "open"), asked.reached]);
    const closed = event(socket, "close");
    void manager.stop();
    void manager.stop(undefined, { drain: false });
    assertEquals(await errors, []);
    await Promise.all([closed, ...clients.map((each) => each.closed)]);
  });

  it("ends when its signal aborts, also where a client sends on after its answer", async () => {
    const { port, manager, errors } = await serving(() => new Response());
    const client = await Client.to(port);
    client.send(
      "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\n\r\na",
    );
    await client.until("200 OK");
    void manager.stop();
    assertEquals(await isPending(errors), true);
    void manager.stop(undefined, { drain: false });
    assertEquals(await errors, []);
    client.close();
  });

  it("names a port that is in use", async () => {
    const other = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    const { port } = other.addr;
    const manager = new TaskManager();
    manager.addTask(
      "api",
      denoServer({ port, hostname: "127.0.0.1" }, () => new Response()),
    );
    const [error, ...others] = await manager.runSettled();
    other.close();
    assertEquals(others, []);
    assertEquals(
      error?.message,
      `Task "api" failed in initialize: Cannot listen at 127.0.0.1:${port} as it is in use: another server listens there`,
    );
  });

  it("answers as Deno does when its handler throws", async () => {
    const { port, manager, errors } = await serving(
      () => Promise.reject(new Error("broken")),
      { onError: () => new Response("sorry", { status: 500 }) },
    );
    const client = await Client.to(port);
    assertMatch(await client.get("/"), /500 Internal Server Error/);
    void manager.stop();
    assertEquals(await errors, []);
    await client.closed;
  });

  it("infers what its handler is told, and takes one of Deno's type", () => {
    denoServer({}, (_request, { remoteAddr }) => {
      const { port }: { port: number } = remoteAddr;
      return new Response(`${port}`);
    });
    const handler: Deno.ServeHandler<Deno.NetAddr> = () => new Response();
    denoServer({ port: 0 }, handler);
    // @ts-expect-error -- It is the manager that stops it.
    const options: DenoServerOptions = { signal: AbortSignal.abort() };
    assertEquals(Object.keys(options), ["signal"]);
  });
});
