import { TaskManager } from "@goasync/core";
import {
  onSignals,
  type OsSignal,
  type ShutdownSignal,
  shutdownSignal,
  type ShutdownSignalOptions,
} from "@goasync/core/signals";
import {
  interruptible,
  type OsSignal as Interruption,
} from "@goasync/core/tasks/interruptible";
import { deepEqual, equal } from "node:assert/strict";
import process from "node:process";

/** An OS signal that stops a manager. */
export async function useShutdownSignal(): Promise<void> {
  const signals: OsSignal[] = ["SIGUSR2"];
  const options: ShutdownSignalOptions = { signals };
  using signal: ShutdownSignal = shutdownSignal(options);
  const manager = new TaskManager();
  manager.addTask("server", { execute: ({ done }) => done });
  const run = manager.run({ signal });
  process.kill(process.pid, "SIGUSR2");
  await run;
  equal(signal.reason.cause, "SIGUSR2");
}

/** OS signals that do something else than to stop. */
export async function useOnSignals(): Promise<void> {
  let unsubscribe = () => {};
  const waits = setInterval(() => {}, 1_000);
  const name = await new Promise<OsSignal>((resolve) => {
    unsubscribe = onSignals(["SIGUSR2"], resolve);
    process.kill(process.pid, "SIGUSR2");
  });
  clearInterval(waits);
  unsubscribe();
  equal(name, "SIGUSR2");
}

/** An OS signal that makes a task start anew. */
export async function useInterruptible(): Promise<void> {
  const signals: Interruption[] = ["SIGHUP"];
  const log: string[] = [];
  const manager = new TaskManager();
  manager.addTask(
    "server",
    interruptible(signals, {
      initialize: () => void log.push("reads its configuration"),
      execute({ done }) {
        if (log.length === 1) process.kill(process.pid, "SIGHUP");
        else manager.stop();
        return done;
      },
    }),
  );
  await manager.run();
  deepEqual(log, ["reads its configuration", "reads its configuration"]);
}
