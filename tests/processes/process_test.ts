import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";

const onPosix = Deno.build.os !== "windows";

/** How a program is run. */
interface RunOptions {
  /** What Deno is given besides the program. */
  readonly flags?: readonly string[];
  /** The line after which the program is sent SIGINT. */
  readonly interruptAfter?: string;
}

/** What came of a program. */
interface Output {
  readonly code: number;
  readonly lines: readonly string[];
  readonly stderr: string;
}

/** Runs one of the programs beside this file, in a process of its own. */
async function run(name: string, options: RunOptions = {}): Promise<Output> {
  const { flags = [], interruptAfter } = options;
  const { href } = new URL(`programs/${name}.ts`, import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-lock", "--allow-all", ...flags, href],
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // So that a program that never ends fails its test.
  const deadline = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const stderr = new Response(child.stderr).text();
  const lines: string[] = [];
  for await (const line of linesOf(child.stdout)) {
    lines.push(line);
    if (line === interruptAfter) child.kill("SIGINT");
  }
  const { code } = await child.status;
  clearTimeout(deadline);
  return { code, lines, stderr: await stderr };
}

async function* linesOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

describe("a program that waits for Ctrl-C with an idle manager", () => {
  for (const name of ["manager_idle", "manager_fake_clock"]) {
    if (!onPosix) break;
    it(`stays alive, and exits 0 when told to stop: ${name}`, async () => {
      const output = await run(name, { interruptAfter: "still alive" });
      assertEquals(output, {
        code: 0,
        lines: ["still alive", "ended"],
        stderr: "",
      });
    });
  }
});

describe("a program that is idle for months", () => {
  it("executes when the longest timer is over, and ends when it is stopped", async () => {
    const output = await run("manager_for_months");
    const lines = ["executing", "finished"];
    assertEquals(output, { code: 0, lines, stderr: "" });
  });
});

describe("a program whose runs are over", () => {
  it("ends by itself", async () => {
    const output = await run("manager_ends");
    assertEquals(output, { code: 0, lines: ["ended"], stderr: "" });
  });

  it("holds nothing of its tasks", async () => {
    const { code, lines, stderr } = await run("manager_forgets", {
      flags: ["--v8-flags=--expose-gc"],
    });
    assertEquals(lines, [
      "after a queued execute task ended: nothing",
      "after an added execute task ended: nothing",
      "while one waits: waits, the context of waits, the signal of waits",
      "when the run is over: nothing",
      "finished false",
      "1",
      "when a task failed: nothing",
      "finished",
      "when an idle manager was stopped: nothing",
      "finished",
      "when a task has stopped its manager: nothing",
      "finished",
      "when the stop-group has ended: nothing",
      "finished",
    ]);
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
  });
});

describe("a program whose tasks fail", () => {
  it("exits 1 and prints every error", async () => {
    const { code, lines, stderr } = await run("manager_fails");
    assertEquals(code, 1);
    assertEquals(lines, []);
    for (
      const message of [
        "AggregateError",
        'Task "server" failed in execute: The port is in use',
        'Task "worker" returned from execute before it was told to stop',
        'Task "database" failed in cleanup: The file is locked',
      ]
    ) {
      assertStringIncludes(stderr, message);
    }
  });

  it("exits 1 even if it does not await the run", async () => {
    const { code, lines, stderr } = await run("manager_fails_unwatched");
    assertEquals(code, 1);
    assertEquals(lines, ["runs"]);
    assert(stderr.includes("The port is in use"), stderr);
  });
});
