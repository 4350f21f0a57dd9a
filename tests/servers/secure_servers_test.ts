import { TaskManager } from "@goasync/core";
import { httpServer, type NodeServer } from "@goasync/core/tasks/http-server";
import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { once } from "node:events";
import * as http2 from "node:http2";
import { createServer } from "node:https";
import { connect } from "node:tls";
import { gate } from "../helpers/gate.ts";
import { certificate } from "./certificate.ts";
import { Client } from "./client.ts";

/** A server that executes, until it is stopped. */
async function serving(server: NodeServer) {
  const task = httpServer(server, { port: 0, host: "127.0.0.1" });
  const manager = new TaskManager({ drainTimeout: 30_000 });
  manager.addTask("api", task);
  const up = gate();
  manager.addExecuteTask("up", up.open, { type: "error" });
  const errors = manager.runSettled();
  await up.reached;
  return { address: task.address, manager, errors };
}

/** A client that speaks HTTP/1 over TLS. */
async function secureClient(port: number): Promise<Client> {
  const socket = connect({
    port,
    host: "127.0.0.1",
    rejectUnauthorized: false,
    ALPNProtocols: ["http/1.1"],
  });
  const client = await Client.to(socket);
  await once(socket, "secureConnect");
  return client;
}

/** A stream of HTTP/2 that is in flight. */
function streaming(url: string) {
  const session = http2.connect(url, { rejectUnauthorized: false });
  session.on("error", () => {}); // It is hung up.
  const closed = once(session, "close");
  const stream = session.request({ ":path": "/held" });
  stream.on("error", () => {});
  stream.end();
  const ended = new Promise<string>((resolve) => {
    let text = "";
    stream.on("data", (data) => text += data);
    stream.on("close", () => resolve(text));
  });
  return { closed, ended };
}

describe("httpServer() of node:https", () => {
  it("answers what is in flight, and closes all that is idle", async () => {
    const held = gate();
    const asked = gate();
    const server = createServer(certificate, async ({ url }, response) => {
      if (url === "/held") {
        asked.open();
        await held.reached;
      }
      response.end(url);
    });
    const { address, manager, errors } = await serving(server);
    assertEquals(address.url, `https://127.0.0.1:${address.port}`);
    const kept = await secureClient(address.port);
    assertMatch(await kept.get("/kept"), /200 OK/);
    const busy = await secureClient(address.port);
    const silent = await Client.to(address.port);
    const answer = busy.get("/held");
    await asked.reached;
    void manager.stop();
    await kept.closed;
    if (!("Bun" in globalThis)) await silent.closed;
    assertEquals(manager.state, "draining");
    held.open();
    assertMatch(await answer, /200 OK[^]*connection: close/i);
    assertEquals(await errors, []);
    silent.close();
  });

  it("hangs up whatever is left when its signal aborts", async () => {
    const asked = gate();
    const server = createServer(certificate, asked.open);
    const { address, manager, errors } = await serving(server);
    const busy = await secureClient(address.port);
    busy.get("/held").catch(() => {});
    await asked.reached;
    void manager.stop(undefined, { drain: false });
    assertEquals(await errors, []);
    await busy.closed;
  });
});

for (
  const [name, create] of [
    ["createServer", () => http2.createServer()],
    [
      "createSecureServer",
      () => http2.createSecureServer({ ...certificate, allowHTTP1: true }),
    ],
  ] as const
) {
  describe(`httpServer() of node:http2, ${name}`, () => {
    it("lets streams end, and closes their session", async () => {
      const held = gate();
      const asked = gate();
      const server = create();
      server.on("request", async (_request, response) => {
        asked.open();
        await held.reached;
        response.end("answered");
      });
      const { address, manager, errors } = await serving(server);
      const { closed, ended } = streaming(address.url);
      await asked.reached;
      void manager.stop();
      assertEquals(manager.state, "draining");
      held.open();
      assertEquals(await ended, "answered");
      await closed;
      assertEquals(await errors, []);
    });

    it("leaves streams to the listener that answers them", async () => {
      const server = create();
      server.on("stream", (stream) => {
        stream.respond({ ":status": 200 });
        stream.on("data", (data) => stream.end(`You said ${data}`));
      });
      const { address, manager, errors } = await serving(server);
      const session = http2.connect(address.url, { rejectUnauthorized: false });
      const stream = session.request({
        ":method": "CONNECT",
        ":authority": "localhost",
      });
      await once(stream, "response");
      void manager.stop();
      stream.write("hello");
      assertEquals(`${(await once(stream, "data"))[0]}`, "You said hello");
      stream.end();
      assertEquals(await errors, []);
    });

    it("hangs up whatever is left when its signal aborts", async () => {
      const asked = gate();
      const server = create();
      server.on("request", asked.open);
      const { address, manager, errors } = await serving(server);
      const { closed, ended } = streaming(address.url);
      await asked.reached;
      void manager.stop();
      void manager.stop(undefined, { drain: false });
      assertEquals(await errors, []);
      await Promise.all([closed, ended]);
    });
  });
}
