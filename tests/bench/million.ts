// Adds a million short tasks to a running manager, at most a thousand at a time,
// and prints by how many megabytes the heap has grown since ten thousand. Has a
// process of its own, as garbage of other programs would hide a growth.
import { TaskManager } from "@goasync/core";
import { heapInUse } from "./heap.ts";
import { settled } from "./sample.ts";

const TASKS = 1_000_000;
const FIRST = 10_000;
const MOST_ALIVE = 1_000;

const manager = new TaskManager();
const run = manager.run();
await settled();
await addAndFinish(FIRST);
const before = heapInUse();
await addAndFinish(TASKS - FIRST);
console.log((heapInUse() - before) / 1e6);
manager.stop();
await run;

/** Each that ends makes room for another one. */
async function addAndFinish(count: number): Promise<void> {
  let left = count;
  async function lane() {
    while (left-- > 0) {
      await manager.addExecuteTask("short", short, { type: "error" }).finished;
    }
  }
  await Promise.all(Array.from({ length: MOST_ALIVE }, lane));
  await settled();
}

async function short(): Promise<void> {
  await null;
}
