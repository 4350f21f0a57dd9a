import { succeed } from "./command.ts";
import { npmName, root } from "./package.ts";

/**
 * Makes a folder an npm project that depends on the package, packed and named
 * as JSR does it, and on the packages that its tests need.
 */
export async function createProject(
  folder: string,
  packages: readonly string[],
): Promise<void> {
  await succeed(
    Deno.execPath(),
    [
      "pack",
      "--quiet",
      "--allow-dirty",
      "--no-source-maps", // JSR has them in files of their own.
      `--output=${folder}/package.tgz`,
    ],
    { cwd: root },
  );
  await Deno.writeTextFile(`${folder}/package.json`, '{ "private": true }\n');
  await succeed(
    "npm",
    ["install", `${npmName}@file:package.tgz`, ...packages],
    { cwd: folder },
  );
}
