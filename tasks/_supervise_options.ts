import { checkFunction, checkOptions } from "../src/arguments.ts";
import { checkLimit, limitsOf } from "../src/limits.ts";
import { backoffOf, type BackoffOptions } from "./_backoff.ts";
import { checkChoice } from "./_choice.ts";
import { Intensity, type RestartIntensity } from "./_intensity.ts";
import { type Restart, Restarts } from "./_restarts.ts";
import type { SupervisionRules } from "./_supervision.ts";

/** How a supervised task behaves. */
export interface SuperviseOptions {
  /**
   * When it is restarted: if it fails, or also if it returns.
   *
   * @default {"on-failure"}
   */
  restart?: "on-failure" | "always" | undefined;
  /**
   * Whether its first `initialize` is tried again, as every later one is, or
   * fails the task.
   *
   * @default {"retry"}
   */
  initialize?: "retry" | "fail" | undefined;
  /**
   * How long to wait before a restart; `false` for not at all.
   *
   * @default {{ min: 100, max: 30_000, factor: 2, jitter: 0.5 }}
   */
  backoff?: BackoffOptions | false | undefined;
  /**
   * How long it must execute, in milliseconds, until its next restart is the
   * first again for the backoff; `Infinity` for never.
   *
   * @default {10_000}
   */
  healthyAfter?: number | undefined;
  /**
   * How often it may be restarted in which time. At one more the task fails.
   *
   * @default {any number of times}
   */
  intensity?: RestartIntensity | undefined;
  /**
   * How long each `initialize` may take, in milliseconds. Its signal aborts with
   * a `TimeoutError` then, and it has failed.
   *
   * @default {Infinity}
   */
  initializeTimeout?: number | undefined;
  /**
   * How long each generation's `execute` and `drain` may take, in milliseconds,
   * from the abort of their signal on.
   *
   * @default {Infinity}
   */
  stopTimeout?: number | undefined;
  /**
   * How long each `cleanup` may take, in milliseconds. Its signal aborts with a
   * `TimeoutError` then.
   *
   * @default {Infinity}
   */
  cleanupTimeout?: number | undefined;
  /**
   * Is told of each restart, before what ended is cleaned up. What it throws, or
   * rejects with, is ignored.
   *
   * @default {restarts are only noted}
   */
  onRestart?: ((restart: Restart) => unknown) | undefined;
}

/** What options say, but for what is supervised. */
export interface SupervisionSettings extends Omit<SupervisionRules, "create"> {
  /** Counts the restarts of a run. */
  readonly newRestarts: () => Restarts;
}

const ACTION = "supervise a task";

/** What options say. Throws if they are wrong. */
export function supervisionOf(options: SuperviseOptions): SupervisionSettings {
  checkOptions(ACTION, options);
  const { restart = "on-failure", initialize = "retry" } = options;
  checkChoice(ACTION, restart, "restart", ["on-failure", "always"]);
  checkChoice(ACTION, initialize, "initialize", ["retry", "fail"]);
  const { healthyAfter = 10_000, onRestart = () => {} } = options;
  checkLimit(ACTION, healthyAfter, "healthyAfter");
  checkFunction(ACTION, onRestart, "onRestart");
  const { backoff, intensity } = options;
  const newRestarts = () =>
    new Restarts({
      backoff: backoffOf(ACTION, backoff),
      intensity: intensity === undefined
        ? undefined
        : new Intensity(ACTION, intensity),
      healthyAfter,
      onRestart,
    });
  newRestarts(); // What is wrong with it is told at once.
  return {
    limits: limitsOf(ACTION, options),
    isAlways: restart === "always",
    retries: initialize === "retry",
    newRestarts,
  };
}
