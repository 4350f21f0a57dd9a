import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { freePort } from "../debian/ports.ts";
import type { Results } from "../debian/results.ts";
import type { RuntimeName, Workplace } from "./workplace.ts";

const KINDS: readonly [RuntimeName, string][] = [
  ["Node", "node:http"],
  ["Deno", "node:http"],
  ["Deno", "Deno.serve"],
];

const UPGRADE = "connection: Upgrade\r\nupgrade: websocket\r\n" +
  "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/** Servers in the states that make a stop hard: each ends in time. */
export async function servers(
  place: Workplace,
  results: Results,
): Promise<void> {
  for (const [runtime, SERVER] of KINDS) {
    const on = `${SERVER} on ${runtime}`;

    await results.check(`told while it initializes: ${on}`, async () => {
      const server = place.server(runtime, "initializes", { SERVER });
      await server.printed(/port \d+/);
      server.kill("SIGTERM");
      const { code, text } = await server.ended;
      assertEquals(code, 0, text);
    });

    await results.check(`its port is taken: ${on}`, async () => {
      using other = Deno.listen({ hostname: "127.0.0.1", port: freePort() });
      const PORT = `${other.addr.port}`;
      const server = place.server(runtime, "", { SERVER, PORT });
      const { code, text } = await server.ended;
      assertEquals(code, 1);
      assertStringIncludes(text, `Cannot listen at 127.0.0.1:${PORT}`);
    });

    await results.check(`1,000 idle and 100 upgraded: ${on}`, async () => {
      const server = place.server(runtime, "", { SERVER });
      await server.printed(/up/);
      const port = Number(portOf(server.text));
      const sockets = [
        ...await connectAll(port, 500, ""),
        ...await connectAll(port, 500, "x: y\r\n"),
        ...await connectAll(port, 100, UPGRADE),
      ];
      const closed = sockets.map((socket) => once(socket, "close"));
      const start = performance.now();
      server.kill("SIGTERM");
      const { code, text } = await server.ended;
      const took = performance.now() - start;
      await Promise.all(closed);
      assertEquals(code, 0, text);
      assert(took < 5_000, `It took ${took} ms`);
      return `${Math.round(took)} ms`;
    });

    await results.check(`a handler that never answers: ${on}`, async () => {
      const server = place.server(runtime, "never answers", { SERVER });
      await server.printed(/up/);
      const port = Number(portOf(server.text));
      const sockets = await Promise.all(
        Array.from({ length: 30 }, () => connected(port)),
      );
      sockets.forEach((socket) => socket.write(request("")));
      await new Promise((resolve) => setTimeout(resolve, 200));
      const start = performance.now();
      server.kill("SIGTERM");
      const { code, text } = await server.ended;
      const took = performance.now() - start;
      assertEquals(code, 0, text);
      assert(took < 5_000, `It took ${took} ms`);
      return `${Math.round(took)} ms`;
    });
  }
}

function portOf(text: string): string {
  return text.match(/port (\d+)/)?.[1] ?? "";
}

function request(headers: string): string {
  return `GET / HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n`;
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {}); // It may be hung up.
  await once(socket, "connect");
  return socket;
}

/** Opens connections, each of which has been answered once if it asks. */
async function connectAll(
  port: number,
  count: number,
  headers: string,
): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let opened = 0; opened < count; opened++) {
    const socket = await connected(port);
    socket.setKeepAlive(true);
    if (headers) {
      const answer = once(socket, "data");
      socket.write(request(headers));
      await answer;
    }
    socket.resume(); // So that its end is noticed.
    sockets.push(socket);
  }
  return sockets;
}
