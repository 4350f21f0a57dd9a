import { TaskManager } from "@goasync/core";
import { supervise } from "@goasync/core/tasks/supervise";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { fakeRandom } from "../helpers/fake_random.ts";
import { type Ended, runProgram } from "../helpers/run_program.ts";

/** Runs one of the programs beside this file, in a process of its own. */
function run(name: string, flags: string[], ...args: string[]): Promise<Ended> {
  const { href } = new URL(`programs/${name}`, import.meta.url);
  return runProgram(
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-lock", ...flags, href, ...args],
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }),
  );
}

describe("a supervised connect to a port that refuses", () => {
  it("is tried at most 20 times in 10 s", async () => {
    const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    const { port } = listener.addr;
    listener.close();
    using _random = fakeRandom(() => 0.999);
    using time = new FakeTime();
    let attempts = 0;
    let waits = (_ms: number) => {};
    const manager = new TaskManager();
    const task = supervise(async () => {
      attempts++;
      await Deno.connect({ port, hostname: "127.0.0.1" });
    }, {
      onRestart: ({ error, wait }) => {
        assert(error instanceof Deno.errors.ConnectionRefused);
        waits(wait);
      },
    });
    const until = (begin: () => unknown) =>
      new Promise<number>((resolve) => {
        waits = resolve;
        void begin();
      });
    manager.addTask("upstream", task);
    const beginning = time.now;
    let wait = await until(() => manager.run());
    while (time.now + wait < beginning + 10_000) {
      wait = await until(() => time.tickAsync(wait));
    }
    assert(attempts > 5 && attempts <= 20, `${attempts} attempts`);
    await manager.stop();
  });

  it("makes no real load, which it does without a backoff", async () => {
    const load = async (how: string) => {
      const { lines, errors } = await run("supervise_refused.ts", [], how);
      assertEquals(errors, "");
      return JSON.parse(lines.join()) as { attempts: number; busy: number };
    };
    const { attempts, busy } = await load("supervised");
    assert(attempts <= 7, `${attempts} attempts`);
    assert(busy < 500, `${busy} ms of 2 s`);
    const bare = await load("bare");
    assert(bare.attempts > 100, `${bare.attempts} attempts`);
  });
});

describe("a task that was restarted 1,000 times without a backoff", () => {
  it("leaves nothing in memory", async () => {
    const { code, lines, errors } = await run("supervise_forgets.ts", [
      "--v8-flags=--expose-gc",
    ]);
    assertEquals({ code, errors, lines }, {
      code: 0,
      errors: "",
      lines: [
        "while the last executes: abandoned, context, signal, task; of others 0",
        "when the run is over: nothing; of others 0",
        "finished 1001",
      ],
    });
  });
});

describe("the parts of a service that are opened, and opened again,", () => {
  it("are a line or two each: a pool of Postgres, and a WebSocket", async () => {
    const { code, lines, errors } = await run("service_parts.mjs", []);
    assertEquals(errors, "");
    assertEquals(lines.toSorted(), [
      "all is closed",
      "database is up: true",
      "ordered tea",
      "upstream is connected 1",
      "upstream is connected 2",
      "upstream is connected 3",
    ]);
    assertEquals([code, lines.at(-1)], [0, "all is closed"]);
  });

  it("are a line or two each: Deno KV, a worker and a child process", async () => {
    const { code, lines } = await run("deno_service_parts.ts", [
      "--unstable-kv",
    ]);
    assertEquals(lines.toSorted(), [
      "child 1 runs",
      "child 2 runs",
      "hash a9f74d1e",
      "restarts: hasher 1, child 1",
    ]);
    assertEquals(code, 0);
  });
});
