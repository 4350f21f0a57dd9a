import { type Counts, countTests } from "../junit.ts";
import { type Output, output, succeed } from "./command.ts";
import { root } from "./package.ts";

const LONGEST_TEST = 30_000;
const LONGEST_RUN = 120_000;

/** Runs test files on Deno, and shows what it printed if one fails. */
export async function testOnDeno(
  files: readonly string[],
  scratch: string,
): Promise<Counts> {
  const report = `${scratch}/report.xml`;
  const result = await output(Deno.execPath(), [
    "test",
    "-A",
    "--no-check",
    "--import-map=tests/std/import_map.json",
    "--lock=deno.lock",
    "--frozen",
    "--reporter=dot",
    `--junit-path=${report}`,
    ...files,
  ], { cwd: root });
  return counted(result, countTests(await Deno.readTextFile(report)));
}

/** Runs bundles of test files on a Node, and shows what it printed if one fails. */
export async function testOnNode(
  node: string,
  files: readonly string[],
  scratch: string,
): Promise<Counts> {
  const result = await output(node, [
    "--enable-source-maps",
    "--test",
    "--test-reporter=spec",
    `--test-timeout=${LONGEST_TEST}`,
    ...files,
  ], { cwd: scratch, signal: AbortSignal.timeout(LONGEST_RUN) });
  const passed = countIn(result.stdout, "pass");
  return counted(result, {
    passed,
    failed: countIn(result.stdout, "tests") - passed,
  });
}

function countIn(report: string, what: "tests" | "pass"): number {
  const line = report.match(new RegExp(`^ℹ ${what} (\\d+)$`, "m"));
  return Number(line?.[1] ?? 0);
}

function counted({ code, stdout, stderr }: Output, counts: Counts): Counts {
  if (code === 0 && counts.failed === 0) return counts;
  console.log(stdout + stderr);
  return { ...counts, failed: Math.max(counts.failed, 1) };
}

/** The path of the newest Node that npm has. */
export async function newestNode(scratch: string): Promise<string> {
  const path = await succeed(
    "npx",
    ["--yes", "node@latest", "--print", "process.execPath"],
    { cwd: scratch },
  );
  return path.trim();
}

/** The version of a Node. */
export async function versionOf(node: string): Promise<string> {
  return (await succeed(node, ["--version"], { cwd: root })).trim();
}
