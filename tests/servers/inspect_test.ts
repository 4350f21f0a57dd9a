import { TaskManager } from "@goasync/core";
import { inspector } from "@goasync/core/inspector";
import { runMain } from "@goasync/core/main";
import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { once } from "node:events";
import { createServer, get, type IncomingMessage } from "node:http";
import * as http2 from "node:http2";
import { gate } from "../helpers/gate.ts";
import { PrintedErrors } from "../helpers/printed_errors.ts";
import { watchedManager } from "../helpers/watched_manager.ts";

const TOKEN = "0123456789abcdef";

/** The address that was printed. */
function addressIn({ lines }: PrintedErrors): URL {
  const [, address = ""] = /^Inspector: (\S+)$/.exec(lines[0] ?? "") ?? [];
  return new URL(address);
}

async function asked(url: URL, headers: Record<string, string>) {
  const request = get(url, { headers, agent: false });
  const [response] = await once(request, "response") as [IncomingMessage];
  return response;
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response) text += chunk;
  return text;
}

describe("an inspector at a server of node:http", () => {
  it("hears that who looked has left", async () => {
    const { manager, begun, ended } = watchedManager();
    using page = inspector(manager, { token: TOKEN });
    const server = createServer(page.node);
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as { port: number };
    const url = new URL(`http://127.0.0.1:${port}/events`);
    const response = await asked(url, { authorization: `Bearer ${TOKEN}` });
    await once(response, "data");
    await begun;
    response.destroy();
    await ended;
    await new Promise((resolve) => server.close(resolve));
  });
});

describe("an inspector at a server of node:http2", () => {
  it("answers who asks by HTTP/2", async () => {
    const { manager, ended } = watchedManager();
    using page = inspector(manager, { token: TOKEN });
    const server = http2.createServer(page.node);
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as { port: number };
    const session = http2.connect(`http://127.0.0.1:${port}`);
    const stream = session.request({
      ":path": "/events",
      authorization: `Bearer ${TOKEN}`,
    });
    const [{ ":status": status }] = await once(stream, "response");
    assertEquals(status, 200);
    const [text] = await once(stream, "data");
    assertMatch(`${text}`, /\nevent: story\n/);
    const closed = once(session, "close");
    stream.close();
    session.destroy();
    await ended;
    await closed;
    await new Promise((resolve) => server.close(resolve));
  });
});

describe("runMain() with inspect", () => {
  it("serves the page before the first task initializes, and until the end", async () => {
    using printed = new PrintedErrors();
    const manager = new TaskManager();
    const headers = { authorization: `Bearer ${TOKEN}` };
    const states: string[] = [];
    const look = async () => {
      const { origin } = addressIn(printed);
      const response = await asked(new URL("/story", origin), headers);
      states.push(JSON.parse(await textOf(response)).report.state);
    };
    const stream = gate();
    let told: Promise<string> | undefined;
    manager.addTask("it", {
      async initialize() {
        const { origin, hash } = addressIn(printed);
        assertEquals(hash, `#${TOKEN}`);
        assertMatch(origin, /^http:\/\/127\.0\.0\.1:\d+$/);
        const page = await asked(new URL("/", origin), {});
        assertMatch(await textOf(page), /^<!doctype html>/);
        const events = await asked(new URL("/events", origin), headers);
        told = textOf(events);
        await look();
        stream.open();
      },
      async execute() {
        await look();
        void manager.stop();
      },
      cleanup: look,
    });
    const { errors } = await runMain(manager, {
      exit: false,
      grace: 0,
      inspect: { port: 0, token: TOKEN },
    });
    assertEquals(errors, []);
    assertEquals(states, ["initializing", "executing", "cleaning-up"]);
    assertMatch(await told!, /"finished"/);
    const { origin } = addressIn(printed);
    const late = get(origin, { agent: false });
    const [error] = await once(late, "error");
    assertEquals(error.code, "ECONNREFUSED");
  });

  it("has the stack of what failed while nobody looked", async () => {
    using printed = new PrintedErrors();
    const manager = new TaskManager();
    let stack = "";
    manager.addTask("it", {
      async cleanup() {
        const url = new URL("/story", addressIn(printed).origin);
        const headers = { authorization: `Bearer ${TOKEN}` };
        const { failures } = JSON.parse(
          await textOf(await asked(url, headers)),
        );
        stack = failures[0].stack;
      },
    });
    manager.addExecuteTask("api", function connectHere() {
      throw new Error("no connection");
    });
    const inspect = { port: 0, token: TOKEN };
    await runMain(manager, { exit: false, grace: 0, inspect });
    assertMatch(stack, /no connection[^]+connectHere/);
  });

  it("says that the port is in use, and runs all the same", async () => {
    const other = createServer();
    await once(other.listen(0, "127.0.0.1"), "listening");
    const { port } = other.address() as { port: number };
    using printed = new PrintedErrors();
    const manager = new TaskManager();
    manager.addTask("it", { execute: () => void manager.stop() });
    const { errors } = await runMain(manager, {
      exit: false,
      grace: 0,
      inspect: port,
    });
    other.close();
    assertEquals(errors, []);
    assertEquals(printed.lines, [
      `The inspector is not served, and the program runs on: port ${port} of 127.0.0.1 is in use`,
    ]);
  });
});
