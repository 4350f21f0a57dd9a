// Runs one task in a worker after the other, of which every second one never
// yields, and prints how many threads the system counts after two and at the end.
import { readdirSync } from "node:fs";
import process from "node:process";
import { TaskManager } from "@goasync/core";
import { inWorker } from "@goasync/core/tasks/worker";

const ROUNDS = 40;

const [base = ""] = process.argv.slice(2);
const url = new URL("task.js", base);

function threads(): number {
  return readdirSync("/proc/self/task").length;
}

async function run(mode: string): Promise<number> {
  const timeouts = mode === "spins"
    ? { drainTimeout: 20, stopTimeout: 20 }
    : {};
  const manager = new TaskManager(timeouts);
  manager.subscribe((event) => {
    if (event.type !== "note" || event.message !== "executes") return;
    void manager.stop(new Error("enough"));
  });
  manager.addTask("worker", inWorker(url, { data: mode }));
  return (await manager.runSettled()).length;
}

let failed = 0;
const counts: number[] = [];
for (let round = 1; round <= ROUNDS; round++) {
  failed += await run(round % 2 === 0 ? "spins" : "throwsReason");
  if (round === 2) counts.push(threads());
}
counts.push(threads());
console.log(JSON.stringify({ failed, spun: ROUNDS / 2, counts }));
