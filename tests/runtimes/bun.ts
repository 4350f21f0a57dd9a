import { installTools, VERSIONS } from "../clients/tools.ts";
import type { Counts } from "../junit.ts";
import { output, succeed } from "../node/command.ts";
import type { RuntimeSource } from "./runtime.ts";

const LONGEST_TEST = 30_000;
const LONGEST_RUN = 120_000;

/** The Bun of npm. */
export const bun: RuntimeSource = {
  name: "Bun",
  async get({ folder, nodeTests }, tryOne) {
    const path = `${await installTools(`${folder}/bun`, ["bun"])}/bun`;
    await tryOne({
      name: "Bun",
      version: VERSIONS.bun,
      host: "program",
      test: () => testOnBun(path, nodeTests, folder),
      run: async (bundle) =>
        JSON.parse(await succeed(path, [bundle], { cwd: folder })),
      checks: {},
    });
  },
};

/** Runs bundles for Node on Bun, whose test runner knows `node:test`. */
async function testOnBun(
  path: string,
  files: readonly string[],
  folder: string,
): Promise<Counts> {
  const { code, stdout, stderr } = await output(
    path,
    ["test", `--timeout=${LONGEST_TEST}`, ...files],
    { cwd: folder, signal: AbortSignal.timeout(LONGEST_RUN) },
  );
  const passed = countIn(stderr, "pass");
  const failed = countIn(stderr, "fail");
  if (code === 0 && failed === 0) return { passed, failed };
  console.log(stdout + stderr);
  return { passed, failed: Math.max(failed, 1) };
}

function countIn(report: string, what: "pass" | "fail"): number {
  return Number(report.match(new RegExp(`^ *(\\d+) ${what}$`, "m"))?.[1] ?? 0);
}
