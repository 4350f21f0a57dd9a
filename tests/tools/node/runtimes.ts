import { type Counts, countTests } from "../junit.ts";
import { type Output, output, succeed } from "./command.ts";
import { root } from "./package.ts";

const LONGEST_RUN = 180_000;

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
  // All in one process, as a Node for each takes far longer.
  const all = `${scratch}/all_tests.mjs`;
  const imports = files.map((file) => `import ${JSON.stringify(file)};`);
  await Deno.writeTextFile(all, imports.join("\n"));
  const result = await output(node, [
    "--enable-source-maps",
    "--test",
    "--test-reporter=spec",
    all,
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

/** The path of a Node that npm has, as `20` or `latest`. */
export async function nodeOfNpm(
  release: string,
  scratch: string,
): Promise<string> {
  const path = await succeed(
    "npx",
    ["--yes", `node@${release}`, "--print", "process.execPath"],
    { cwd: scratch },
  );
  return path.trim();
}

/** The version of a Node. */
export async function versionOf(node: string): Promise<string> {
  return (await succeed(node, ["--version"], { cwd: root })).trim();
}
