// Prints why a task in a worker fails that may not read its module.
import { TaskManager } from "@goasync/core";
import { inWorker } from "@goasync/core/tasks/worker";

const manager = new TaskManager();
const url = new URL("worker_task.ts", import.meta.url);
manager.addTask("it", inWorker(url, { data: { spins: false } }));
const [error] = await manager.runSettled();
console.log(error?.message);
