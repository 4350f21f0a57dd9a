import { assertEquals } from "@std/assert";
import { installTools, VERSIONS } from "../clients/tools.ts";
import { output } from "../node/command.ts";
import { mainChecks } from "../../processes/main/checks.ts";
import { startBundle } from "../../processes/main/program.ts";
import { terminalChecks } from "../../processes/terminal/checks.ts";
import { terminal } from "../../processes/terminal/terminal.ts";
import { testInBundle } from "./programs.ts";
import type { RuntimeSource } from "./runtime.ts";

const LONGEST_RUN = 120_000;

/**
 * The Bun of npm, without its test runner: that fails a test for an uncaught
 * error even where the test handles it.
 */
export const bun: RuntimeSource = {
  name: "Bun",
  async get(project, tryOne) {
    const { folder } = project;
    const path = `${await installTools(`${folder}/bun`, ["bun"])}/bun`;
    const place = {
      host: "program",
      run: (bundle: string) => runProgram(path, bundle, folder),
    } as const;
    await tryOne({
      ...place,
      name: "Bun",
      version: VERSIONS.bun,
      test: () => testInBundle(place, project),
      checks: {
        "with servers and children of its own": async () => {
          const { folder, serverTests: tests } = project;
          const { failed } = await testInBundle(place, { folder, tests });
          assertEquals(failed, 0);
        },
        ...terminalChecks(terminal(folder, path)),
        ...mainChecks(startBundle(folder, path)),
      },
    });
  },
};

/** Runs a program whose last line is its result, or says where it hangs. */
async function runProgram(
  path: string,
  bundle: string,
  folder: string,
): Promise<unknown> {
  const { code, stdout, stderr } = await output(path, [bundle], {
    cwd: folder,
    signal: AbortSignal.timeout(LONGEST_RUN),
  });
  const lastLine = stdout.trimEnd().split("\n").pop() ?? "";
  if (code === 0) return JSON.parse(lastLine);
  throw new Error(`Bun ended with ${code} after "${lastLine}":\n${stderr}`);
}
