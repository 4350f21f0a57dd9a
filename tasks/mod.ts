/**
 * The provided tasks that run on any runtime. Most wrap a task, or a function
 * that is its `execute`, and are added to a manager in its place.
 *
 * @example A poller that is given a second to stop
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { forceStop, repeatTimer } from "@goasync/core/tasks";
 *
 * const manager = new TaskManager();
 * manager.addTask("poller", forceStop(1_000, repeatTimer(10, () => {
 *   manager.stop();
 * })));
 * await manager.run();
 * ```
 *
 * @module
 */

export {
  type FailedItem,
  forEach,
  type ForEachOptions,
  type ForEachProgress,
  type ForEachResult,
  type ForEachTask,
} from "./for_each.ts";
export { forceStop } from "./force_stop.ts";
export { graceful } from "./graceful.ts";
export {
  type CheckStatus,
  Health,
  type HealthCheckFunction,
  type HealthCheckOptions,
  type HealthManager,
  type HealthNodeRequest,
  type HealthNodeResponse,
  type HealthStatus,
  type LiveStatus,
  type ReadyStatus,
  type Up,
} from "./health.ts";
export {
  type CreateTerm,
  type DenoKv,
  type DenoKvEntry,
  denoKvLock,
  type DenoKvOperation,
  type IoRedisClient,
  type Lease,
  lease,
  type LeaseOptions,
  type Lock,
  memoryLock,
  type NodeRedisClient,
  postgresLock,
  type PostgresLockOptions,
  type PostgresQuery,
  redisLock,
  type SqliteDatabase,
  sqliteLock,
  type SqliteStatement,
} from "./lease.ts";
export { repeatTimer, type RepeatTimerOptions } from "./repeat_timer.ts";
export {
  type BackoffOptions,
  repeatable,
  type RepeatableOptions,
} from "./repeatable.ts";
export { type Resource, resource, type ResourceOptions } from "./resource.ts";
export {
  type Restart,
  type RestartIntensity,
  supervise,
  type Supervised,
  type SuperviseOptions,
  type TaskSource,
} from "./supervise.ts";
export { schedule, type ScheduleOptions } from "./schedule.ts";
