import { TaskManager } from "@goasync/core";

const page = navigator as Navigator & {
  sendBeacon(url: string, data: string): boolean;
};

/**
 * Runs in a page a manager that is stopped when the page is left, and then
 * posts what its tasks did.
 */
export function run(): Promise<void> {
  const log: string[] = [];
  const manager = new TaskManager();
  for (const name of ["database", "server"]) {
    manager.addTask(name, {
      async execute({ done, signal }) {
        await done;
        log.push(`${name} stops: ${signal.reason}`);
      },
      cleanup: () => void log.push(`${name} is cleaned up`),
    });
  }
  globalThis.addEventListener("pagehide", () => void manager.stop("pagehide"));
  return new Promise((resolve) => {
    manager.addExecuteTask("started", () => resolve(), { type: "error" });
    manager.run().then(() => page.sendBeacon("/", JSON.stringify(log)));
  });
}

/** What the page posts. */
export const posted: readonly string[] = [
  "database stops: pagehide",
  "server stops: pagehide",
  "server is cleaned up",
  "database is cleaned up",
];
