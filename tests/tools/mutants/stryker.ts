/**
 * Runs Stryker on a copy of the project. Arguments are handed on, such as
 * `--mutate src/outcome.ts`.
 */
import { delimiter, dirname } from "node:path";
import { copyProject } from "./project_copy.ts";

const folder = await copyProject();
try {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-lock",
      "--no-config",
      "npm:@stryker-mutator/core@10.1.1/stryker",
      "run",
      "tests/tools/mutants/stryker.config.json",
      ...Deno.args,
    ],
    cwd: folder,
    // Its command is one of Deno.
    env: {
      PATH: `${dirname(Deno.execPath())}${delimiter}${Deno.env.get("PATH")}`,
    },
    stdin: "null",
  }).spawn().status;
  Deno.exitCode = code;
} finally {
  await Deno.remove(folder, { recursive: true });
}
