/**
 * One of many: three processes have the same task, which writes numbers in order
 * into a file, and one at a time is at work. It is killed, as by `kill -9`, and
 * another one takes over when its time is over; then it is started again, and
 * waits. In the end all are told to stop.
 *
 * Run it with `deno task example lease`.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";
import { supervise } from "@goasync/core/tasks";
import { delay } from "@std/async";
import { getLogger } from "@std/log";
import { demoArguments } from "./common/arguments.ts";
import { printHeading } from "./common/headings.ts";
import { setupLog } from "./common/log.ts";
import { conclude } from "./common/outcome.ts";
import { isInOrder, Numbers } from "./lease/numbers.ts";
import { Replica } from "./lease/replica.ts";
import { printTimeline, Timeline } from "./lease/timeline.ts";

const { forever } = demoArguments();
const folder = mkdtempSync(join(tmpdir(), "replicas-"));
const timelines = ["a", "b", "c"].map((name) =>
  new Timeline(`replica ${name}`)
);
const replicas = timelines.map((timeline) => new Replica(folder, timeline));
setupLog(timelines.map(({ name }) => name));

const manager = new TaskManager({ stopTimeout: 5_000 });
timelines.forEach(({ name }, index) => {
  const replica = supervise(replicas[index]!, {
    backoff: { min: 2_500, jitter: 0 },
  });
  manager.addTask(name, replica);
});
manager.addExecuteTask("trouble", async ({ signal }) => {
  for (let token = 1; true; token++) {
    const holder = await Promise.any(
      replicas.map((replica) => replica.begins(token, signal)),
    );
    await delay(1_500, { signal });
    if (token === 2 && !forever) break;
    getLogger(holder.name).warn("is killed");
    holder.kill();
  }
  void manager.stop();
}, { type: "error" });

await runMain(manager, {
  exitCode({ errors }) {
    printHeading("timeline", "who was at work, and who waited");
    printTimeline(timelines);
    using numbers = new Numbers(folder);
    const written = numbers.all();
    rmSync(folder, { recursive: true });
    const terms = new Set(written.map(({ token }) => token)).size;
    return conclude(
      errors.length === 0 && isInOrder(written),
      `One at a time: ${written.length} numbers in order, written in terms: ${terms}`,
    );
  },
});
