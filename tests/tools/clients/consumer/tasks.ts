import { TaskManager } from "@goasync/core";
import {
  forceStop,
  repeatable,
  type RepeatableOptions,
  repeatTimer,
  type RepeatTimerOptions,
} from "@goasync/core/tasks";
import { forceStop as forceStopAlone } from "@goasync/core/tasks/force-stop";
import {
  repeatTimer as repeatTimerAlone,
  type RepeatTimerOptions as RepeatTimerOptionsAlone,
} from "@goasync/core/tasks/repeat-timer";
import {
  repeatable as repeatableAlone,
  type RepeatableOptions as RepeatableOptionsAlone,
} from "@goasync/core/tasks/repeatable";
import { deepEqual, equal } from "node:assert/strict";

/** The provided tasks that run anywhere. */
export async function useTasks(): Promise<void> {
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const again: RepeatableOptions & RepeatableOptionsAlone = { onError };
  const timed: RepeatTimerOptions & RepeatTimerOptionsAlone = { onError };
  const manager = new TaskManager();
  let rounds = 0;
  const poll = () => {
    if (++rounds > 1) throw "no connection";
  };
  manager.addTask("poller", repeatable(poll, again));
  manager.addTask("ticker", repeatTimer(1, () => void manager.stop(), timed));
  manager.addTask("stuck", forceStop(1, () => new Promise(() => {})));

  const failures = await manager.runSettled();
  deepEqual(failures.map(({ taskName }) => taskName), ["stuck"]);
  equal(errors.every((error) => error === "no connection"), true);
}

/** Each of them is the same by its own entry. */
export function useTasksAlone(): void {
  equal(forceStopAlone, forceStop);
  equal(repeatTimerAlone, repeatTimer);
  equal(repeatableAlone, repeatable);
}
