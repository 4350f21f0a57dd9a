import { TaskManager } from "@goasync/core";
import { heapInUse } from "./heap.ts";
import { settled } from "./sample.ts";

const TASKS = 1_000_000;
const FIRST = 10_000;
const MOST_ALIVE = 1_000;

/**
 * Adds a million short tasks to a running manager, at most a thousand at a
 * time, and says by how many megabytes the heap has grown since ten thousand.
 */
export async function million(): Promise<number> {
  const manager = new TaskManager();
  const run = manager.run();
  await settled();
  await addAndFinish(manager, FIRST);
  const before = heapInUse();
  await addAndFinish(manager, TASKS - FIRST);
  const grown = heapInUse() - before;
  manager.stop();
  await run;
  return grown / 1e6;
}

/** Each that ends makes room for another one. */
async function addAndFinish(manager: TaskManager, count: number) {
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
