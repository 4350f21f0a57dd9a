import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { stripVTControlCharacters } from "node:util";

const root = new URL("../../", import.meta.url);

/** The import map these tests were started with, for the demos as well. */
const importMap = import.meta.resolve("@std/log").startsWith("jsr:")
  ? "deno.json"
  : "tests/std/import_map.json";

const RUN_MAIN = [
  "run",
  "--quiet",
  "--no-lock",
  "--allow-all",
  `--import-map=${importMap}`,
  "examples/main.ts",
];

interface Ended {
  readonly code: number;
  /** What it printed, with one space where there were several. */
  readonly lines: string[];
  readonly errors: string[];
}

interface Options {
  /** Sends SIGINT as soon as this was printed. */
  readonly interruptAt?: string | RegExp;
  /** Where it puts temporary files. */
  readonly temporary?: string;
}

/** Runs Deno in a process of its own, to its end. */
async function runDeno(args: string[], options: Options = {}): Promise<Ended> {
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    env: options.temporary ? temporaryIn(options.temporary) : {},
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // So that a program that never ends fails its test.
  const deadline = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const stderr = new Response(child.stderr).text();
  let interruptAt = options.interruptAt;
  let stdout = "";
  for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
    stdout += piece;
    if (interruptAt && contains(linesOf(stdout).join("\n"), interruptAt)) {
      child.kill("SIGINT");
      interruptAt = undefined;
    }
  }
  const { code } = await child.status;
  clearTimeout(deadline);
  return { code, lines: linesOf(stdout), errors: linesOf(await stderr) };
}

function contains(text: string, part: string | RegExp): boolean {
  return typeof part === "string" ? text.includes(part) : part.test(text);
}

/** The variables that name the folder of temporary files. */
function temporaryIn(folder: string): Record<string, string> {
  return { TMPDIR: folder, TEMP: folder, TMP: folder };
}

function runDemo(name: string, options?: Options): Promise<Ended> {
  return runDeno([...RUN_MAIN, ...name.split(" ")], options);
}

function linesOf(output: string): string[] {
  return stripVTControlCharacters(output).split("\n")
    .map((line) => line.replaceAll(/\s+/g, " ").trim())
    .filter((line) => line !== "");
}

/** Asserts that lines with these texts come one after another. */
function assertOrder(lines: string[], texts: string[]): void {
  let from = 0;
  for (const text of texts) {
    const found = lines.findIndex((line, index) =>
      index >= from && line.includes(text)
    );
    assert(
      found >= 0,
      `Expected "${text}" after line ${from} of:\n${lines.join("\n")}`,
    );
    from = found + 1;
  }
}

/** Asserts that the report has a row and a bar for each of these tasks. */
function assertReport(
  lines: string[],
  tasks: [string, string][],
  drains = true,
): void {
  const [column, legend] = drains ? [" drain", " ▓ drain"] : ["", ""];
  assertOrder(lines, [
    "report: ",
    "finished after ",
    `task type outcome initialize execute${column} cleanup`,
    `▂ initialize █ execute${legend} ▒ told to stop · waiting ▄ cleanup`,
  ]);
  const table = lines.findIndex((line) => line.startsWith("task type"));
  tasks.forEach(([name, outcome], index) => {
    const row = lines[table + 1 + index] ?? "";
    assertMatch(row, new RegExp(`^${name} strict ${outcome} \\d`));
    const bar = lines[table + 2 + tasks.length + index] ?? "";
    assertMatch(bar, new RegExp(`^${name} ▂[▂█▓▒·▄]+▄$`));
  });
}

/** Windows can send no signal to another process. */
const itOnPosix = Deno.build.os === "windows" ? () => {} : it;

/** What runMain prints of a stop that takes long. */
function isProgress(line: string): boolean {
  return /^Stopping for .+ s \(.+\): /.test(line);
}

describe("force-shutdown", () => {
  /** What runMain prints of a task that has failed and still executes. */
  function assertLeftBehind(errors: string[]): void {
    assertOrder(errors, [
      'TaskError: Task "forever" failed in execute: Still executing 1000 ms after',
      "Exiting with code 0, as 100 ms after the run the process is still kept alive by",
    ]);
  }

  it("leaves a task behind that never stops, and cleans up", async () => {
    const { code, lines, errors } = await runDemo("force-shutdown");
    assertOrder(lines, [
      "initialize: ",
      "polite is ready",
      "execute: ",
      "forever is never going to stop",
      "stop: everyone is told at once (2 seconds are over)",
      "polite stops at once",
      "forever is never going to stop",
      "cleanup: ",
      "forever is cleaned up although it still executes",
      "polite is cleaned up",
      "report: ",
      "failures",
      '✘ Task "forever" failed in execute: ',
      "exits with 1 here",
      "✔ The task that never stops was left behind",
    ]);
    assertReport(
      lines,
      [["polite", "clean"], ["forever", "failed"]],
      false,
    );
    assertLeftBehind(errors);
    assertEquals(code, 0);
  });

  itOnPosix("runs until Ctrl-C with --forever", async () => {
    const { code, lines, errors } = await runDemo("force-shutdown --forever", {
      interruptAt: "forever is never going to stop",
    });
    assertOrder(lines, [
      "stop: everyone is told at once (Received SIGINT)",
      "polite stops at once",
      "forever is cleaned up although it still executes",
      "polite is cleaned up",
      "✔ The task that never stops was left behind",
    ]);
    assertLeftBehind(errors);
    assertEquals(code, 0);
  });
});

describe("pubsub", () => {
  /** What comes after the stop, whatever it was caused by. */
  const DRAINS = [
    "drain: ",
    "broker closes 2 queues",
    "subscriber 2 handles",
    "subscriber 2 has drained its queue",
    "cleanup: ",
    "subscriber 2 has handled",
    "subscriber 1 has handled",
    "publisher has published",
    "broker forgets its subscribers",
    "report: ",
    "✔ No queued message is lost",
  ];
  const TASKS: [string, string][] = [
    ["broker", "clean"],
    ["publisher", "clean"],
    ["subscriber 1", "clean"],
    ["subscriber 2", "clean"],
  ];

  it("starts in order, drains its queues and cleans up", async () => {
    const { code, lines, errors } = await runDemo("pubsub");
    assertOrder(lines, [
      "initialize: ",
      "broker takes subscriptions",
      'publisher is about to publish to "counter"',
      'subscriber 1 subscribes to "counter"',
      'subscriber 2 subscribes to "counter"',
      "execute: ",
      "publisher publishes 1",
      "subscriber 1 handles 1",
      "subscriber 2 handles 1",
      "stop: everyone is told at once (1.5 seconds are over)",
      ...DRAINS,
    ]);
    assertReport(lines, TASKS);
    assertMatch(lines.at(-1) ?? "", /: (\d+) queued, \1 handled$/);
    assertEquals(errors.filter((line) => !isProgress(line)), []);
    assertEquals(code, 0);
  });

  itOnPosix("runs until Ctrl-C with --forever", async () => {
    // Without --forever it has been told to stop before it gets that far.
    const interruptAt = "publishes 9";
    const { code, lines, errors } = await runDemo("pubsub --forever", {
      interruptAt,
    });
    assertOrder(lines, [
      interruptAt,
      "stop: everyone is told at once (Received SIGINT)",
      ...DRAINS,
    ]);
    assertReport(lines, TASKS);
    assertEquals(errors.filter((line) => !isProgress(line)), []);
    assertEquals(code, 0);
  });
});

describe("http-server", () => {
  /** What comes after the stop, whatever it was caused by. */
  const FINISHES = [
    "drain: ",
    "api accepts no more, ",
    "api has answered every order it accepted",
    "cleanup: ",
    "api listens no more",
    "database is closed",
    "report: ",
    "✔ No accepted order is lost",
  ];
  const TASKS: [string, string][] = [
    ["database", "clean"],
    ["api", "clean"],
    ["client", "clean"],
  ];
  const OUTCOME = /: ([1-9]\d*) accepted, \1 stored, \1 answered$/;

  /** As many orders are answered after the stop as were in flight at it. */
  function assertInFlightAnswered(lines: readonly string[]): void {
    const stop = lines.findIndex((line) =>
      line.includes("api accepts no more")
    );
    const inFlight = Number(lines[stop]?.match(/(\d+) orders/)?.[1]);
    const answered = lines.slice(stop).filter((line) =>
      line.includes("api has answered order")
    );
    assertEquals(answered.length, inFlight);
  }

  it("finishes what is in flight and loses no order", async () => {
    const { code, lines, errors } = await runDemo("http-server");
    assertOrder(lines, [
      "initialize: ",
      "database is open",
      "api listens at http://127.0.0.1:",
      "execute: ",
      "client has 10 orders",
      "stop: everyone is told at once (3 seconds are over)",
      ...FINISHES,
    ]);
    assertOrder(lines, ["stop: ", "client was accepted", "cleanup: "]);
    assertInFlightAnswered(lines);
    assertReport(lines, TASKS);
    assertMatch(lines.at(-1) ?? "", OUTCOME);
    assertEquals(errors.filter((line) => !isProgress(line)), []);
    assertEquals(code, 0);
  });

  itOnPosix("loses none when Ctrl-C comes early", async () => {
    const interruptAt = "client has 10 orders";
    // Without --forever, a slow machine may have it told to stop before that.
    const { code, lines, errors } = await runDemo("http-server --forever", {
      interruptAt,
    });
    assertOrder(lines, [
      "client has 10 orders",
      "stop: everyone is told at once (Received SIGINT)",
      ...FINISHES,
    ]);
    assertOrder(lines, ["stop: ", "client was accepted", "cleanup: "]);
    assertInFlightAnswered(lines);
    assertReport(lines, TASKS);
    assertMatch(lines.at(-1) ?? "", OUTCOME);
    assertEquals(errors.filter((line) => !isProgress(line)), []);
    assertEquals(code, 0);
  });
});

describe("service", () => {
  const TASKS = ["orders", "consumer", "counter", "upstream", "api", "load"]
    .map((name): [string, string] => [name, "clean"]);

  it("loses no request under load", async () => {
    const { code, lines, errors } = await runDemo("service");
    assertOrder(lines, [
      "initialize: ",
      "api listening at http://127.0.0.1:",
      "execute: ",
      "upstream restarts in",
      "stop: everyone is told at once (3 seconds are over)",
      "drain: ",
      "cleanup: ",
      "report: ",
    ]);
    assertReport(lines, TASKS);
    assertMatch(
      lines.at(-1) ?? "",
      /^✔ The stop has lost nothing: ([1-9]\d*) answered, 0 failed, \1 stored, \d+ done$/,
    );
    assertEquals({ code, errors }, { code: 0, errors: [] });
  });

  itOnPosix("loses none on Ctrl-C", async () => {
    const { code, lines } = await runDemo("service --forever", {
      interruptAt: "upstream restarts in",
    });
    assertOrder(lines, [
      "stop: everyone is told at once (Received SIGINT)",
      "✔ The stop has lost nothing",
    ]);
    assertEquals(code, 0);
  });
});

describe("workers", () => {
  const TASKS: [string, string][] = [
    ["api", "clean"],
    ["polite", "clean"],
    ["stubborn", "timed-out"],
    ["client", "clean"],
  ];
  /** What comes after the stop, whatever it was caused by. */
  const ENDS = [
    "polite: stops at ",
    "stubborn is left behind in execute: stopTimeout of 1000 ms is over",
    "cleanup: ",
    "polite: is cleaned up",
    "report: ",
    '✘ Task "stubborn" timed out in execute: stopTimeout of 1000 ms is over',
    "terminated its worker",
    "✔ Only the worker that never yields was left behind: ",
  ];
  const ERRORS = [
    'TaskError: Task "stubborn" timed out in execute: stopTimeout of 1000 ms is over',
  ];

  it("ends a thread that never yields, beside a server that answers", async () => {
    const { code, lines, errors } = await runDemo("workers");
    assertOrder(lines, [
      "initialize: ",
      "api: listening at http://127.0.0.1:",
      "polite: is ready",
      "stubborn: is ready",
      "execute: ",
      "client has 10 answers",
      "stop: everyone is told at once (3 seconds are over)",
      ...ENDS,
    ]);
    assertReport(lines, TASKS);
    assertMatch(lines.at(-1) ?? "", /: [1-9]\d* answers beside it/);
    assertEquals(errors.filter((line) => !isProgress(line)), ERRORS);
    assertEquals(code, 0);
  });

  itOnPosix("names it on Ctrl-C", async () => {
    const { code, lines, errors } = await runDemo("workers --forever", {
      interruptAt: "stubborn: found",
    });
    assertOrder(lines, [
      "stop: everyone is told at once (Received SIGINT)",
      ...ENDS,
    ]);
    assertReport(lines, TASKS);
    assertEquals(errors.filter((line) => !isProgress(line)), ERRORS);
    assertEquals(code, 0);
  });
});

describe("batch", () => {
  const total = Array.from(Deno.readDirSync(new URL("src", root)))
    .filter(({ name }) => name.endsWith(".ts")).length;

  /** Calls back with a folder that is removed afterwards. */
  async function inFolder(
    callback: (folder: string) => Promise<void>,
  ): Promise<void> {
    const folder = await Deno.makeTempDir();
    try {
      await callback(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }

  it("squeezes every file behind a bar", async () => {
    await inFolder(async (temporary) => {
      const { code, lines, errors } = await runDemo("batch", { temporary });
      assertOrder(lines, [
        `0/${total}`,
        `${total}/${total}`,
        `✔ All ${total} files are squeezed, ${total} of them by this start`,
      ]);
      assertEquals({ code, errors }, { code: 0, errors: [] });
      assertEquals([...Deno.readDirSync(temporary)], []);
    });
  });

  itOnPosix("finishes what it has on Ctrl-C, and goes on later", async () => {
    await inFolder(async (temporary) => {
      const first = await runDemo("batch", {
        temporary,
        interruptAt: / [1-9]\d*\/\d+ /,
      });
      assertEquals([first.code, first.errors], [130, []]);
      const [, done] = first.lines.at(-1)
        ?.match(/^(\d+) of \d+ files are squeezed: run it again/) ?? [];
      assert(Number(done) > 0 && Number(done) < total, done);
      const kept = [...Deno.readDirSync(`${temporary}/goasync-batch`)];
      const whole = kept.filter(({ name }) => name.endsWith(".br"));
      assertEquals(whole.length, Number(done));
      assertEquals(kept.length, whole.length + 1); // and the journal

      const { code, lines, errors } = await runDemo("batch", { temporary });
      assertOrder(lines, [
        `${done}/${total}`,
        `✔ All ${total} files are squeezed, ${total - Number(done)} of them`,
      ]);
      assertEquals({ code, errors }, { code: 0, errors: [] });
    });
  });
});

describe("lease", () => {
  /** Asserts that another one is at work only once the first was killed. */
  function assertTimeline(lines: string[]): void {
    const from = lines.findIndex((line) => line.startsWith("timeline")) + 1;
    const rows = lines.slice(from).filter((line) => /^replica . /.test(line));
    assertEquals(rows.length, 3);
    const works = rows.filter((row) => row.includes("█"));
    assert(works.length > 1, rows.join("\n"));
    assert(rows.some((row) => row.includes("█✘")), rows.join("\n"));
  }
  const OUTCOME =
    /^✔ One at a time: \d+ numbers in order, written in terms: [2-9]\d*$/;

  it("has one at work, and another when that is killed", async () => {
    const { code, lines, errors } = await runDemo("lease");
    assertOrder(lines, [
      "waits",
      "begins with token 1",
      "writes 1",
      "is killed",
      "begins with token 2",
      "ends",
      "timeline: ",
      "· waits █ at work ✘ killed",
    ]);
    assertTimeline(lines);
    assertMatch(lines.at(-1) ?? "", OUTCOME);
    assertEquals({ code, errors }, { code: 0, errors: [] });
  });

  itOnPosix("goes on until Ctrl-C with --forever", async () => {
    const { code, lines, errors } = await runDemo("lease --forever", {
      interruptAt: "begins with token 3",
    });
    assertTimeline(lines);
    assertMatch(lines.at(-1) ?? "", OUTCOME);
    assertEquals({ code, errors }, { code: 0, errors: [] });
  });
});

describe("deno task example", () => {
  it("lists every program in examples/ with a line each", async () => {
    const { code, lines, errors } = await runDeno([
      "task",
      "--quiet",
      "example",
    ]);
    const names = Array.from(Deno.readDirSync(new URL("examples", root)))
      .filter(({ isFile, name }) => isFile && name !== "main.ts")
      .map(({ name }) => name.replace(".ts", "").replaceAll("_", "-"));
    assert(names.length >= 3);
    for (const name of names) {
      const listed = lines.filter((line) => line.startsWith(`${name} `));
      assertEquals(listed.length, 1, `"${name}" in:\n${lines.join("\n")}`);
    }
    assertEquals(code, 0);
    assertOrder(errors, ["@std: "]);
  });

  for (
    const [args, message] of [
      [
        "nope",
        'Cannot run a demo as its name must be force-shutdown or pubsub or http-server or service or workers or batch or lease: current value is "nope"',
      ],
      ["pubsub http-server", "Cannot run two demos at once"],
      ["pubsub --fast", "Unknown option '--fast'"],
    ] as const
  ) {
    it(`fails with a clear line when given ${args}`, async () => {
      const { code, lines, errors } = await runDemo(args);
      assertEquals({ code, lines, count: errors.length }, {
        code: 1,
        lines: [],
        count: 1,
      });
      assertOrder(errors, [`error: ${message}`]);
    });
  }
});
