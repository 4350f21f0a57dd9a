import { pathToFileURL } from "node:url";
import { assert, assertEquals } from "@std/assert";
import {
  type Browser,
  chromium,
  type Page,
  type Worker,
} from "npm:playwright-core@1.65.1";
import { installTools } from "../clients/tools.ts";
import { nodeOfNpm } from "../node/runtimes.ts";
import { findChromium } from "../runtimes/find_chromium.ts";
import { serveFolder } from "../runtimes/serve_folder.ts";
import { Program } from "../debian/program.ts";
import type { Trial } from "./ways.ts";

/** How busy the threads of a program may be when its run is over. */
const MOST_BUSY = 0.5;

const LONGEST_TRIAL = 30_000;

/** A place where workers run. */
export interface Place extends AsyncDisposable {
  readonly kind: NonNullable<Trial["where"]>;
  /** Tries something; returns what there is to tell of it. */
  attempt(trial: Trial): Promise<string>;
  /** Runs many, where the system counts threads, and sees that none is left. */
  readonly many?: () => Promise<string>;
}

/** A runtime, and the way to get it. */
export interface Runtime {
  readonly name: string;
  get(folder: string): Promise<Place>;
}

export const RUNTIMES: readonly Runtime[] = [
  {
    name: "Deno",
    get: (folder) =>
      onServer(folder, Deno.execPath(), [
        "run",
        "-A",
        "--quiet",
        "--no-lock",
      ]),
  },
  ...["20", "latest"].map((release) => ({
    name: `Node ${release}`,
    get: async (folder: string) =>
      await onServer(folder, await nodeOfNpm(release, folder)),
  })),
  {
    name: "Bun",
    async get(folder) {
      const path = `${await installTools(`${folder}/bun`, ["bun"])}/bun`;
      return await onServer(folder, path);
    },
  },
  { name: "Chromium", get: inChromium },
];

function onServer(
  folder: string,
  command: string,
  flags: readonly string[] = [],
): Promise<Place> {
  const base = pathToFileURL(`${folder}/`).href;
  const start = (name: string, ...args: readonly string[]) =>
    new Program(
      command,
      [...flags, `${folder}/${name}.js`, ...args, base],
      {},
      folder,
      LONGEST_TRIAL,
    );
  return Promise.resolve({
    kind: "servers",
    attempt: ({ way, check }) =>
      attemptIn(start("program", JSON.stringify(way)), way, check),
    ...Deno.build.os === "linux" && { many: () => manyIn(start("many")) },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

async function attemptIn(
  program: Program,
  way: Trial["way"],
  check: Trial["check"],
): Promise<string> {
  const { busy, ...outcome } = await lastOf(program);
  check(outcome);
  assert(busy < MOST_BUSY, `its threads are busy to ${busy}`);
  const hasCleanedUp = outcome.log.some((line: string) =>
    line.startsWith("worker cleans up")
  );
  if (hasCleanedUp && way.mode !== "spins in cleanup") {
    const printed = program.text.match(/^printed \d+$/gm)?.length;
    assertEquals(printed, 1_000, "lines that were printed in cleanup");
  }
  return `busy ${(busy * 100).toFixed(0)} %`;
}

async function manyIn(program: Program): Promise<string> {
  const { failed, spun, counts: [first, last] } = await lastOf(program);
  assertEquals(failed, spun);
  // Runtimes have a few more of their own, now and then.
  assert(last < first + spun / 2, `there are ${last} threads, after ${first}`);
  return `${first} threads after 2, ${last} at the end`;
}

/** What a program prints as JSON, which ends by itself: no thread prevents it. */
async function lastOf(program: Program) {
  const { code, text } = await program.ended;
  const line = text.split("\n").find((line) => line.startsWith("{"));
  assert(line, text);
  assertEquals(code, 0, text);
  return JSON.parse(line);
}

async function inChromium(folder: string): Promise<Place> {
  const server = serveFolder(folder);
  const browser = await chromium.launch({ executablePath: findChromium() });
  return {
    kind: "browsers",
    attempt: (trial) => inPage(browser, server.url, trial),
    async [Symbol.asyncDispose]() {
      await browser.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function inPage(
  browser: Browser,
  url: string,
  { way, check }: Trial,
): Promise<string> {
  const page = await browser.newPage();
  try {
    const closed: Promise<unknown>[] = [];
    page.on("worker", (worker) => closed.push(untilClosed(worker)));
    await page.goto(url);
    const outcome = await inTime(page, evaluated(page, url, way));
    check(outcome);
    await inTime(page, Promise.all(closed));
    return `${closed.length} gone`;
  } finally {
    await page.close();
  }
}

function untilClosed(worker: Worker): Promise<unknown> {
  return new Promise((resolve) => worker.on("close", resolve));
}

async function evaluated(page: Page, url: string, way: Trial["way"]) {
  const call = `import("${url}/run.js").then(({ run }) =>
    run(${JSON.stringify(way)}, "${url}/"))`;
  return await page.evaluate(call) as Parameters<Trial["check"]>[0];
}

/** Fails if something takes too long. */
async function inTime<Value>(
  page: Page,
  promise: Promise<Value>,
): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `${page.workers().length} workers go on`;
    timer = setTimeout(() => reject(new Error(message)), LONGEST_TRIAL);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
