/**
 * Squeezes every file of a folder, four at a time, behind a progress bar. When
 * it is told to stop, it finishes the files that it has begun; a journal says
 * which are done, and the next start goes on with the others. All that is not
 * about files, the bar and the journal are the five lines with the manager.
 *
 * Run it with `deno task example batch`, stop it with Ctrl-C, and run it again.
 */

import { rmSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";
import { forEach } from "@goasync/core/tasks";
// @ts-types="./batch/cli_progress.d.ts"
import { SingleBar } from "npm:cli-progress@3.12.0";
import { Journal } from "./batch/journal.ts";
import { squeeze } from "./batch/squeeze.ts";
import { demoArguments } from "./common/arguments.ts";
import { conclude } from "./common/outcome.ts";

const { inspect } = demoArguments();
const input = fileURLToPath(new URL("../src", import.meta.url));
const output = join(tmpdir(), "goasync-batch");
await mkdir(output, { recursive: true });
const names = (await readdir(input)).filter((name) => name.endsWith(".ts"));

const journal = new Journal(join(output, "journal"));
const bar = new SingleBar({
  format: "{bar} {value}/{total} {name}",
  stream: process.stdout,
  noTTYOutput: true,
  notTTYSchedule: 100,
});
const files = forEach(rest(), async (name, { signal }) => {
  await squeeze(join(input, name), join(output, `${name}.br`), signal);
  await journal.add(name);
}, {
  concurrency: 4,
  onError: "collect",
  onProgress: ({ item: name }) => bar.update(journal.size, { name }),
});

const manager = new TaskManager({ drainTimeout: 10_000, stopTimeout: 3_000 });
manager.addTask("journal", journal);
manager.addTask("bar", {
  initialize: () => bar.start(names.length, journal.size, { name: "" }),
  cleanup: () => bar.stop(),
});
manager.addTask("files", files, { type: "stop-group" });
await runMain(manager, {
  inspect,
  exitCode: ({ errors }) => summary(errors.length),
});

/** Says what is done, and by the exit code whether it is all. */
function summary(failures: number): number {
  const { done, failed, isComplete } = files.result;
  for (const { item, error } of failed) console.error(`${item}: ${error}`);
  if (!isComplete) {
    console.log(
      `${journal.size} of ${names.length} files are squeezed: run it again to go on`,
    );
    return failures + failed.length > 0 ? 1 : 130;
  }
  rmSync(output, { recursive: true }); // The next start begins anew.
  return conclude(
    failures + failed.length === 0,
    `All ${names.length} files are squeezed, ${done} of them by this start`,
  );
}

/** The files that are not done yet. */
function* rest(): Generator<string> {
  for (const name of names) if (!journal.has(name)) yield name;
}
