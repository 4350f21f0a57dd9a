import { TaskManager } from "@goasync/core";
import {
  type BackoffOptions,
  type FailedItem,
  forceStop,
  forEach,
  type ForEachOptions,
  type ForEachProgress,
  type ForEachResult,
  type ForEachTask,
  graceful,
  repeatable,
  type RepeatableOptions,
  repeatTimer,
  type RepeatTimerOptions,
  type Resource,
  resource,
  type ResourceOptions,
  type Restart,
  type RestartIntensity,
  schedule,
  type ScheduleOptions,
  supervise,
  type Supervised,
  type SuperviseOptions,
  type TaskSource,
} from "@goasync/core/tasks";
import {
  type FailedItem as FailedItemAlone,
  forEach as forEachAlone,
  type ForEachOptions as ForEachOptionsAlone,
  type ForEachProgress as ForEachProgressAlone,
  type ForEachResult as ForEachResultAlone,
  type ForEachTask as ForEachTaskAlone,
} from "@goasync/core/tasks/for-each";
import { forceStop as forceStopAlone } from "@goasync/core/tasks/force-stop";
import { graceful as gracefulAlone } from "@goasync/core/tasks/graceful";
import {
  repeatTimer as repeatTimerAlone,
  type RepeatTimerOptions as RepeatTimerOptionsAlone,
} from "@goasync/core/tasks/repeat-timer";
import {
  type BackoffOptions as BackoffOptionsAlone,
  repeatable as repeatableAlone,
  type RepeatableOptions as RepeatableOptionsAlone,
} from "@goasync/core/tasks/repeatable";
import {
  type Resource as ResourceAlone,
  resource as resourceAlone,
  type ResourceOptions as ResourceOptionsAlone,
} from "@goasync/core/tasks/resource";
import {
  type BackoffOptions as SuperviseBackoffAlone,
  type Restart as RestartAlone,
  type RestartIntensity as RestartIntensityAlone,
  supervise as superviseAlone,
  type Supervised as SupervisedAlone,
  type SuperviseOptions as SuperviseOptionsAlone,
  type TaskSource as TaskSourceAlone,
} from "@goasync/core/tasks/supervise";
import {
  schedule as scheduleAlone,
  type ScheduleOptions as ScheduleOptionsAlone,
} from "@goasync/core/tasks/schedule";
import { deepEqual, equal } from "node:assert/strict";

/** The provided tasks that run anywhere. */
export async function useTasks(): Promise<void> {
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const backoff: BackoffOptions & BackoffOptionsAlone = { min: 1, jitter: 0 };
  const again: RepeatableOptions & RepeatableOptionsAlone = {
    onError,
    backoff,
  };
  const timed: RepeatTimerOptions & RepeatTimerOptionsAlone = { onError };
  const manager = new TaskManager();
  let rounds = 0;
  const poll = () => {
    if (++rounds > 1) throw "no connection";
  };
  const poller = graceful(repeatable(poll, again));
  manager.addTask("poller", poller);
  manager.addTask("ticker", repeatTimer(1, () => void manager.stop(), timed));
  manager.addTask("stuck", forceStop(1, () => new Promise(() => {})));

  const failures = await manager.runSettled();
  deepEqual(failures.map(({ taskName }) => taskName), ["stuck"]);
  equal(errors.every((error) => error === "no connection"), true);
}

/** A resource that opens when it is tried again, and a group made anew. */
export async function superviseTasks(): Promise<void> {
  const restarts: (Restart & RestartAlone)[] = [];
  const intensity: RestartIntensity & RestartIntensityAlone = {
    restarts: 5,
    within: 60_000,
  };
  const backoff: BackoffOptions & SuperviseBackoffAlone = { min: 1 };
  const options: SuperviseOptions & SuperviseOptionsAlone = {
    backoff,
    intensity,
    onRestart: (restart) => restarts.push(restart),
  };
  let attempts = 0;
  const drained: number[] = [];
  const drains: ResourceOptions<number> & ResourceOptionsAlone<number> = {
    drain: (value) => drained.push(value),
  };
  const open = async () => {
    if (++attempts < 3) throw new Error("refused");
    return await Promise.resolve(attempts);
  };
  const pool: Resource<number> & ResourceAlone<number> = resource(
    open,
    undefined,
    drains,
  );
  const group: TaskSource & TaskSourceAlone = {
    create: () => new TaskManager(),
  };
  const groups: Supervised & SupervisedAlone = supervise(group);
  const manager = new TaskManager();
  manager.addTask("pool", supervise(pool, options));
  manager.addTask("groups", groups);
  manager.addExecuteTask("stop", () => void manager.stop(), { type: "error" });

  deepEqual(await manager.runSettled(), []);
  deepEqual(restarts.map(({ restarts, stage }) => [restarts, stage]), [
    [1, "initialize"],
    [2, "initialize"],
  ]);
  deepEqual([drained, groups.restarts], [[3], 0]);
}

/** Each of them is the same by its own entry. */
export function useTasksAlone(): void {
  equal(gracefulAlone, graceful);
  equal(forceStopAlone, forceStop);
  equal(repeatTimerAlone, repeatTimer);
  equal(repeatableAlone, repeatable);
  equal(resourceAlone, resource);
  equal(superviseAlone, supervise);
  equal(scheduleAlone, schedule);
  equal(forEachAlone, forEach);
}

/** A task that runs at certain times. */
export async function useSchedule(): Promise<void> {
  const options: ScheduleOptions & ScheduleOptionsAlone = {
    overlap: "queue",
    catchUp: "once",
    onError: (error) => console.error(error),
  };
  const next = (after: Date): Date => new Date(after.getTime() + 1);
  const manager = new TaskManager();
  const stop = () => void manager.stop();
  manager.addTask("sweeper", schedule(next, stop, options));
  await manager.run();
}

/** A batch, and what came of it. */
export async function useForEach(): Promise<void> {
  type Progress = ForEachProgress<string> & ForEachProgressAlone<string>;
  const heard: Progress[] = [];
  const options: ForEachOptions<string> & ForEachOptionsAlone<string> = {
    concurrency: 2,
    onError: "collect",
    onProgress: (progress: Progress) => heard.push(progress),
  };
  const work = (name: string) => {
    if (name === "b") throw "no disk";
  };
  const files: ForEachTask<string> & ForEachTaskAlone<string> = forEach(
    ["a", "b"],
    work,
    options,
  );
  const manager = new TaskManager();
  manager.addTask("files", files, { type: "stop-group" });
  await manager.run();
  const result: ForEachResult<string> & ForEachResultAlone<string> =
    files.result;
  const failed: readonly (FailedItem<string> & FailedItemAlone<string>)[] =
    result.failed;
  deepEqual(failed, [{ item: "b", error: "no disk" }]);
  equal(result.done, 1);
  equal(result.isComplete, true);
  equal(heard.length, 2);
}
