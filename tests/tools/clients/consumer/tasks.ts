import { TaskManager } from "@goasync/core";
import {
  type BackoffOptions,
  forceStop,
  graceful,
  repeatable,
  type RepeatableOptions,
  repeatTimer,
  type RepeatTimerOptions,
} from "@goasync/core/tasks";
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

/** Each of them is the same by its own entry. */
export function useTasksAlone(): void {
  equal(gracefulAlone, graceful);
  equal(forceStopAlone, forceStop);
  equal(repeatTimerAlone, repeatTimer);
  equal(repeatableAlone, repeatable);
}
