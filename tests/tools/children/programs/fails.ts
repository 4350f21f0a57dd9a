import { TaskManager } from "@goasync/core";
import { childProcess } from "@goasync/core/tasks/child-process";
import { scriptOf } from "./script.ts";

/** Runs children that end by an error which nobody catches, and prints theirs. */
export async function fails(): Promise<void> {
  const broken = "new Error('broken in the child')";
  for (
    const text of [
      `setTimeout(() => { throw ${broken}; });`,
      `Promise.reject(${broken});`,
    ]
  ) {
    const manager = new TaskManager();
    const cleanup = () => console.log("database closed");
    manager.addTask("database", { cleanup });
    const [command, { args }] = scriptOf(text);
    const child = childProcess(command, { args, onLine: () => {} });
    manager.addTask("child", child);
    for (const { message } of await manager.runSettled()) console.log(message);
  }
}
