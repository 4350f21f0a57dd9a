import { TaskManager } from "@goasync/core";
import { childProcess } from "@goasync/core/tasks/child-process";
import { scriptOf } from "./script.ts";

const SPINS = `
  import process from "node:process";
  process.on("SIGTERM", () => {});
  console.log("up");
  setTimeout(() => { while (true) {} }, 50);`;

/**
 * Stops a child that never yields: by its grace, or by being left behind after
 * the stopTimeout. Prints when what was added before it is cleaned up.
 */
export async function spins(by: string): Promise<void> {
  const isGrace = by === "grace";
  const manager = new TaskManager(isGrace ? {} : { stopTimeout: 300 });
  const [command, { args }] = scriptOf(SPINS);
  const cleanup = () => console.log("database closed");
  manager.addTask("database", { cleanup });
  const child = childProcess(command, {
    args,
    ready: /^up$/,
    grace: isGrace ? 300 : 60_000,
    onLine: () => {},
  });
  manager.addTask("spins", child);
  let stopped = 0;
  manager.addExecuteTask("stop", async () => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    stopped = performance.now();
    void manager.stop();
  });
  const errors = await manager.runSettled();
  const ms = Math.round(performance.now() - stopped);
  console.log(
    `stopped after ${ms} ms: ${errors.map(({ message }) => message)}`,
  );
}
