// Runs the portable tests on every runtime, against the package as npm gets it
// from JSR: each must run as many as Deno. Imports the entries there, uses them
// in bundles, and has each client install the package. A runtime that cannot be
// had is named, and is a failure where CI is true. Ends with a table, which
// --update puts into the README. With names of runtimes, runs on these only.
import { bundle } from "../node/bundle.ts";
import { output } from "../node/command.ts";
import { exportsOnDeno } from "../node/entries.ts";
import { root } from "../node/package.ts";
import { portableTests, serverTests } from "../node/portable_tests.ts";
import { createProject } from "../node/project.ts";
import { testOnDeno } from "../node/runtimes.ts";
import { bun } from "./bun.ts";
import { chromium } from "./chromium.ts";
import { node } from "./node.ts";
import { checkImports } from "./programs.ts";
import type { Project, Runtime, RuntimeSource } from "./runtime.ts";
import { type Row, tableOf, updateTable } from "./table.ts";
import { workerd } from "./workerd.ts";

const SOURCES: readonly RuntimeSource[] = [
  node("20"),
  node("22"),
  node("24"),
  node("latest"),
  bun,
  workerd,
  chromium,
];

const chosen = Deno.args.filter((argument) => !argument.startsWith("--"));

const rows: Row[] = [];
const missing: string[] = [];
let passed = 0;
let failed = 0;

async function run(scratch: string): Promise<void> {
  const project = await makeProject(scratch);
  const onDeno = await testOnDeno(project.tests, scratch);
  const expected = onDeno.passed + onDeno.failed;
  const { deno: version } = Deno.version;
  rows.push({ runtime: "Deno", version, tests: onDeno.passed });
  count(`Deno ${version}`, onDeno.passed, onDeno.failed);
  const tryOne = (runtime: Runtime) => tryRuntime(runtime, project, expected);
  for (const { name, get } of SOURCES) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    await get(project, tryOne).catch((error) => {
      missing.push(name);
      console.log(`${name} is missing: ${error.message}`);
    });
  }
}

async function makeProject(folder: string): Promise<Project> {
  const tests = portableTests();
  const { files: nodeTests, packages } = await bundle(tests, folder);
  const ofServers = serverTests();
  const { files: nodeServerTests } = await bundle(ofServers, folder);
  await createProject(folder, packages);
  return {
    folder,
    tests,
    nodeTests,
    serverTests: ofServers,
    nodeServerTests,
    exports: await exportsOnDeno(),
  };
}

async function tryRuntime(
  runtime: Runtime,
  project: Project,
  expected: number,
): Promise<void> {
  const { name, version } = runtime;
  const label = `${name} ${version}`;
  await attempt(label, async () => {
    const { passed, failed } = await runtime.test();
    rows.push({ runtime: name, version, tests: passed });
    count(label, passed, failed);
    const fewer = expected - passed - failed;
    if (fewer !== 0) throw new Error(`It ran ${fewer} tests less than Deno`);
  });
  const checks = {
    "imports every entry": () => checkImports(runtime, project),
    ...runtime.checks,
  };
  for (const [what, check] of Object.entries(checks)) {
    await attempt(`${label}, ${what}`, async () => {
      await check();
      count(`${label}, ${what}`, 1, 0);
    });
  }
}

async function attempt(what: string, fn: () => Promise<void>): Promise<void> {
  try {
    await fn();
  } catch (error) {
    console.log(error);
    count(what, 0, 1);
  }
}

async function tryClients(): Promise<void> {
  const { stdout, stderr } = await output(
    Deno.execPath(),
    ["task", "--quiet", "test:clients"],
    { cwd: root },
  );
  const lines = stdout.trimEnd().split("\n");
  const total = lines.pop()?.match(/^(\d+) passed, (\d+) failed$/);
  console.log(lines.join("\n"));
  if (!total || total[2] !== "0") console.log(stderr);
  count("Clients", Number(total?.[1] ?? 0), Number(total?.[2] ?? 1));
}

function count(what: string, passes: number, failures: number): void {
  passed += passes;
  failed += failures;
  console.log(`${what}: ${passes} passed, ${failures} failed`);
}

const scratch = await Deno.makeTempDir({ prefix: "goasync-" });
try {
  await run(scratch);
} finally {
  await Deno.remove(scratch, { recursive: true });
}
if (chosen.length === 0) await tryClients();
const table = tableOf(rows);
console.log(`\n${table}`);
if (missing.length > 0) console.log(`Missing: ${missing.join(", ")}`);
if (Deno.env.get("CI") === "true") failed += missing.length;
if (Deno.args.includes("--update")) {
  const isWhole = chosen.length === 0 && missing.length === 0 && failed === 0;
  if (isWhole) await updateTable(table);
  else failed++;
  console.log(`README.md: ${isWhole ? "updated" : "not updated"}`);
}
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) Deno.exitCode = 1;
