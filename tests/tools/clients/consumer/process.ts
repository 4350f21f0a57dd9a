import {
  type ManagerStopOptions,
  type StageStartEvent,
  TaskManager,
} from "@goasync/core";
import {
  type InspectOptions,
  type MainManager,
  type MainOutcome,
  type OsSignal,
  runMain,
  type RunMainOptions,
} from "@goasync/core/main";
import { deepEqual, equal } from "node:assert/strict";
import process from "node:process";

/** A manager as the process, which goes on here. */
export async function useRunMain(): Promise<void> {
  const signals: OsSignal[] = ["SIGUSR2"];
  const inspect: InspectOptions = { port: 0 };
  const options: RunMainOptions = { exit: false, grace: 0, signals, inspect };
  const manager: MainManager & TaskManager = new TaskManager();
  manager.addTask("server", {
    execute({ done }) {
      process.kill(process.pid, "SIGUSR2");
      return done;
    },
  });
  const { errors, report, signal }: MainOutcome = await runMain(
    manager,
    options,
  );
  deepEqual([errors, signal, report.stop?.by], [[], "SIGUSR2", "signal"]);
}

/** A stop by an error of no task, and the stage that begins before. */
export async function useStrayStop(): Promise<void> {
  const manager = new TaskManager();
  const stages: string[] = [];
  const noteStage = (event: StageStartEvent) => stages.push(event.stage);
  manager.subscribe((event) => {
    if (event.type === "stage-start") noteStage(event);
  });
  const stray: ManagerStopOptions = { by: "stray" };
  const stop = () => void manager.stop(new Error("stray"), stray);
  manager.addExecuteTask("stop", stop, { type: "error" });
  await manager.run();
  equal(manager.report().stop?.by, "stray");
  deepEqual(stages, ["execute"]);
}
