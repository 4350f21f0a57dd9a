import { TaskManager } from "@goasync/core";
import { Health } from "@goasync/core/tasks/health";
import {
  httpServer,
  type HttpServerOptions,
} from "@goasync/core/tasks/http-server";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { once } from "node:events";
import {
  createServer,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { connect } from "node:net";
import { gate } from "../helpers/gate.ts";
import { Client } from "./client.ts";

const LOOPBACK = { port: 0, host: "127.0.0.1" } as const;

/** A server that executes, until it is stopped. */
async function serving(
  server: Server,
  options: HttpServerOptions = {},
) {
  const task = httpServer(server, LOOPBACK, options);
  const manager = new TaskManager({ drainTimeout: 30_000 });
  manager.addTask("api", task);
  const up = gate();
  manager.addExecuteTask("up", up.open, { type: "error" });
  const errors = manager.runSettled();
  await up.reached;
  return { port: task.address.port, manager, errors };
}

/** Answers some paths at once, and others when a test says so. */
class Handler {
  readonly held = new Map<string, ServerResponse>();
  readonly #asked = gate();
  /** Resolves when an answer is held. */
  readonly asked = this.#asked.reached;

  readonly handle: RequestListener = ({ url = "" }, response) => {
    if (url !== "/held") return void response.end(url);
    this.held.set(url, response);
    this.#asked.open();
  };

  answer(): void {
    this.held.get("/held")?.end("answered");
  }
}

describe("httpServer() of node:http", () => {
  it("answers what is in flight, and closes all that is idle", async () => {
    const handler = new Handler();
    const { port, manager, errors } = await serving(
      createServer(handler.handle),
    );
    const [unused, kept, busy] = await Promise.all(
      [1, 2, 3].map(() => Client.to(port)),
    );
    assertMatch(await kept!.get("/kept"), /^HTTP\/1.1 200 OK/);
    const answer = busy!.get("/held");
    await handler.asked;
    const stopped = manager.stop();
    await kept!.closed;
    if (!("Bun" in globalThis)) await unused!.closed;
    assertEquals(manager.state, "draining");
    handler.answer();
    assertMatch(await answer, /^HTTP\/1.1 200 OK[^]*connection: close/i);
    await busy!.until("answered");
    await busy!.closed;
    await stopped;
    assertEquals(await errors, []);
    unused!.close();
  });

  it("takes no new connection, and its port is free", async () => {
    const handler = new Handler();
    const { port, manager, errors } = await serving(
      createServer(handler.handle),
    );
    const busy = await Client.to(port);
    const answer = busy.get("/held");
    await handler.asked;
    void manager.stop();
    const other = createServer();
    await once(other.listen(port, "127.0.0.1"), "listening");
    other.close();
    handler.answer();
    await answer;
    assertEquals(await errors, []);
  });

  it("goes on for its closeDelay, but asks clients to come no more", async () => {
    const handler = new Handler();
    const { port, manager, errors } = await serving(
      createServer(handler.handle),
      { closeDelay: 20_000 },
    );
    const kept = await Client.to(port);
    const answer = await kept.get("/");
    assertEquals(/connection: close/i.test(answer), false);
    void manager.stop();
    assertMatch(await kept.get("/again"), /200 OK[^]*connection: close/i);
    await kept.closed;
    const late = await Client.to(port);
    assertMatch(await late.get("/late"), /200 OK[^]*connection: close/i);
    assertEquals(manager.state, "draining");
    void manager.stop(undefined, { drain: false });
    assertEquals(await errors, []);
  });

  it("answers all that is pipelined", async () => {
    const held: ServerResponse[] = [];
    const asked = gate();
    const { port, manager, errors } = await serving(
      createServer((_request, response) => {
        if (held.push(response) === 3) asked.open();
      }),
    );
    const client = await Client.to(port);
    client.send("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(3));
    await asked.reached;
    void manager.stop();
    held.forEach((response, index) => response.end(`answer ${index}`));
    await client.until("answer 2");
    await client.closed;
    assertEquals(client.received.match(/connection: close/ig)?.length, 1);
    assertEquals(await errors, []);
  });

  it("waits for an upload that it was asked to continue", async () => {
    const server = createServer();
    server.on("checkContinue", async (request, response) => {
      response.writeContinue();
      let text = "";
      for await (const data of request) text += data;
      response.end(`You said ${text}`);
    });
    const { port, manager, errors } = await serving(server);
    const client = await Client.to(port);
    client.send(
      "PUT / HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n",
    );
    await client.until("100 Continue");
    void manager.stop();
    client.send("hello");
    await client.until("You said hello");
    assertEquals(await errors, []);
  });

  it("sends all of an answer that is ended, to a client that reads slowly", async () => {
    const answer = "x".repeat(20_000_000);
    const asked = gate();
    const { port, manager, errors } = await serving(
      createServer((_request, response) => {
        response.end(answer);
        asked.open();
      }),
    );
    const socket = connect(port, "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
    await asked.reached;
    void manager.stop();
    let received = 0;
    for await (const data of socket) received += data.length;
    // Bun's own close cuts it off.
    if (!("Bun" in globalThis)) assertEquals(received > answer.length, true);
    assertEquals(await errors, []);
  });

  it("waits for a connection that is upgraded", async () => {
    const server = createServer();
    server.on("upgrade", (_request, socket) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n");
      socket.on("data", (data) => socket.end(`You said ${data}`));
    });
    const { port, manager, errors } = await serving(server);
    const client = await Client.to(port);
    await client.get("/", "connection: upgrade\r\nupgrade: echo\r\n");
    void manager.stop();
    client.send("hello");
    await client.until("You said hello");
    assertEquals(manager.state, "draining");
    client.close();
    assertEquals(await errors, []);
  });

  it("hangs up whatever is left when its signal aborts", async () => {
    const handler = new Handler();
    const server = createServer(handler.handle);
    server.on("upgrade", (_request, socket) => {
      socket.on("error", () => {});
      socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n");
    });
    const { port, manager, errors } = await serving(server);
    const [busy, upgraded, partial] = await Promise.all(
      [1, 2, 3].map(() => Client.to(port)),
    );
    await upgraded!.get("/", "connection: upgrade\r\nupgrade: echo\r\n");
    busy!.get("/held").catch(() => {}); // It is hung up.
    partial!.send("GET / HTTP/1.1\r\nho");
    await handler.asked;
    void manager.stop();
    void manager.stop(undefined, { drain: false });
    assertEquals(await errors, []);
    await Promise.all([busy, upgraded, partial].map((each) => each!.closed));
    assertEquals(server.listening, false);
  });

  it("names a port that is in use", async () => {
    const other = createServer();
    await once(other.listen(0, "127.0.0.1"), "listening");
    const { port } = Object(other.address());
    const manager = new TaskManager();
    manager.addTask(
      "api",
      httpServer(createServer(), { port, host: "127.0.0.1" }),
    );
    const [error, ...others] = await manager.runSettled();
    other.close();
    assertEquals(others, []);
    assertEquals(
      error?.message,
      `Task "api" failed in initialize: Cannot listen at 127.0.0.1:${port} as it is in use: another server listens there`,
    );
  });

  it("can be run again", async () => {
    const server = createServer(new Handler().handle);
    for (let run = 0; run < 3; run++) {
      const { port, manager, errors } = await serving(server);
      const client = await Client.to(port);
      assertMatch(await client.get("/"), /200 OK/);
      void manager.stop();
      assertEquals(await errors, []);
      await client.closed;
    }
    assertEquals(server.listenerCount("request"), 1);
  });

  it("shows health while others are initialized and cleaned up", async () => {
    const manager = new TaskManager();
    const health = new Health(manager).check("database", () => {});
    const server = httpServer(createServer(health.node), LOOPBACK, {
      closeOn: "cleanup",
    });
    const answers: string[] = [];
    const ask = async () => {
      const client = await Client.to(server.address.port);
      const answer = await client.get("/readyz");
      answers.push(answer.slice(9, 12));
      client.close();
    };
    manager.addTask("health", server);
    manager.addTask("other", {
      initialize: ask,
      async execute() {
        await ask();
        const client = await Client.to(server.address.port);
        assertStringIncludes(await client.get("/livez"), "200 OK");
        client.close();
        void manager.stop();
      },
      drain: ask,
      cleanup: ask,
    });
    assertEquals(await manager.runSettled(), []);
    assertEquals(answers, ["503", "200", "503", "503"]);
  });
});
