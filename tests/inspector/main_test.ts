import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { MainTest, serving } from "../helpers/main_run.ts";

type Listener = (value?: unknown) => void;

/** A server that listens when a test says so. */
class FakeHttpServer {
  readonly #listeners = new Map<string, Listener>();
  host = "";
  isUnref = false;
  isClosed = false;

  on(event: string, listener: Listener): void {
    this.#listeners.set(event, listener);
  }

  emit(event: string, value: unknown): void {
    this.#listeners.get(event)?.(value);
  }

  listen(
    { port, host }: { port: number; host: string },
    listening: () => void,
  ): void {
    this.host = host;
    if (port === 1) this.emit("error", new Error("Not allowed"));
    else listening();
  }

  address(): { port: number } {
    return { port: 9230 };
  }

  unref(): void {
    this.isUnref = true;
  }

  close(): void {
    this.isClosed = true;
  }

  closeAllConnections(): void {}
}

/** A process whose module node:http is a fake one. */
function withServer(test: MainTest): FakeHttpServer {
  const server = new FakeHttpServer();
  Object.defineProperty(test.os.process, "getBuiltinModule", {
    value: () => ({ createServer: () => server }),
  });
  return server;
}

/** Lets the inspector be loaded, which takes more than microtasks. */
async function loaded(test: MainTest, line: RegExp): Promise<string> {
  for (;;) {
    const [printed] = test.lines;
    if (printed !== undefined) {
      assertMatch(printed, line);
      return printed;
    }
    await import("@goasync/core/inspector");
    await test.settle();
  }
}

describe("runMain() with inspect", () => {
  it("does not wait for its own server and sockets, where the runtime lists them", async () => {
    const resources = ["TCPServerWrap", "TCPSocketWrap"];
    using test = new MainTest({
      versions: { deno: "2" },
      resources: () => [...resources],
    });
    const server = withServer(test);
    const manager = serving();
    await test.run(manager, { inspect: 9230 });
    await loaded(test, /^Inspector: http:\/\/127\.0\.0\.1:9230\/#[\da-f]{32}$/);
    assertEquals([server.host, server.isUnref], ["127.0.0.1", true]);
    let close = () => {};
    const socket = {
      on: (_event: string, listener: () => void) => void (close = listener),
    };
    server.emit("connection", socket);
    await manager.stop();
    await test.settle();
    assertEquals(test.os.ends, []); // Who looks hears of the end.
    for (let turn = 0; turn < 5; turn++) await test.pass(10);
    assertEquals(test.os.ends, [0]);
    close();
  });

  it("waits for others, where it has none of what is listed", async () => {
    const resources = ["Timeout"];
    using test = new MainTest({
      versions: { deno: "2" },
      resources: () => [...resources],
    });
    withServer(test);
    const manager = serving();
    await test.run(manager, { inspect: 9230 });
    await loaded(test, /^Inspector: /);
    await manager.stop();
    await test.pass(50);
    assertEquals(test.os.ends, []);
    resources.length = 0;
    await test.pass(50);
    assertEquals(test.os.ends, [0]);
  });

  it("takes nothing for its own where the runtime knows its end", async () => {
    using test = new MainTest({ versions: { node: "20" } });
    withServer(test);
    const manager = serving();
    await test.run(manager, { inspect: 9230, exitAfter: 500 });
    await loaded(test, /^Inspector: /);
    await manager.stop();
    await test.pass(500);
    assertEquals(test.os.ends, [0]);
  });

  it("says why it is not served", async () => {
    using test = new MainTest();
    withServer(test);
    const manager = serving();
    const [run] = await test.run(manager, { inspect: 1, exit: false });
    await loaded(
      test,
      /^The inspector is not served, and the program runs on: Not allowed$/,
    );
    await manager.stop();
    await run;
  });

  it("closes its server, where the process goes on", async () => {
    using test = new MainTest();
    const server = withServer(test);
    const manager = serving();
    const [run] = await test.run(manager, { inspect: 0, exit: false });
    await loaded(test, /^Inspector: /);
    await manager.stop();
    await run;
    assertEquals(server.isClosed, true);
  });
});
