import { TaskManager } from "@goasync/core";
import {
  exposeTask,
  inWorker,
  type InWorkerOptions,
  type WorkerTask,
} from "@goasync/core/tasks/worker";
import { deepEqual, throws } from "node:assert/strict";
import type { Numbers } from "./worker_task.ts";

/** A task in a worker, whose module is JavaScript where this one is. */
export async function useInWorker(): Promise<void> {
  const extension = import.meta.url.slice(-".ts".length);
  const url = new URL(`./worker_task${extension}`, import.meta.url);
  const data: Numbers = { numbers: [1, 2, 3] };
  const options: InWorkerOptions<Numbers> = { data, name: "sum", transfer: [] };
  const task: WorkerTask = inWorker<Numbers>(url, options);
  const manager = new TaskManager();
  const notes: unknown[] = [];
  manager.subscribe((event) => {
    if (event.type !== "note") return;
    notes.push([event.message, event.details]);
    void manager.stop();
  });
  manager.addTask("sum", task);
  deepEqual(await manager.runSettled(), []);
  deepEqual(notes, [["sum", { sum: 6 }]]);

  // @ts-expect-error: the numbers are missing.
  const wrong: InWorkerOptions<Numbers> = { data: {} };
  deepEqual(wrong, { data: {} });
  throws(() => exposeTask(() => {}), /this is no worker/);
}
