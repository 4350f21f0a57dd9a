// Runs a manager with a task in a worker beside another task, in one of several
// ways, and returns what was heard of it.
import { TaskManager, type TaskManagerOptions } from "@goasync/core";
import { supervise } from "@goasync/core/tasks/supervise";
import { inWorker } from "@goasync/core/tasks/worker";

/** How a task in a worker is run. */
export interface Way {
  /** The module of the worker, beside this one. */
  readonly module: string;
  /** What its task does. */
  readonly mode?: string;
  /** The stop begins when this was noted; when all are executed if left out. */
  readonly stopAt?: string;
  /** Whether nobody stops it. */
  readonly endsByItself?: boolean;
  readonly timeouts?: TaskManagerOptions;
  /** Whether its data cannot be copied. */
  readonly isUncloneable?: boolean;
  /** Whether it is added as an execute task. */
  readonly isExecuteTask?: boolean;
  /** Whether it is supervised, and stops when it was restarted. */
  readonly isSupervised?: boolean;
}

/** What came of it. */
export interface Outcome {
  readonly log: readonly string[];
  readonly errors: readonly unknown[];
}

export async function run(
  { module, mode, stopAt, timeouts = {}, ...way }: Way,
  base: string,
): Promise<Outcome> {
  const log: string[] = [];
  const manager = new TaskManager(timeouts);
  const stop = () => void manager.stop(new Error("the test stops it"));
  manager.subscribe((event) => {
    if (event.type === "left-behind") log.push(`left behind: ${event.path}`);
    if (event.type !== "note") return;
    const [name] = event.path;
    const details = event.details ? ` ${JSON.stringify(event.details)}` : "";
    log.push(`${name} ${event.message.replaceAll(base, "…")}${details}`);
    if (stopAt && event.message.startsWith(stopAt)) stop();
  });
  manager.addTask("database", {
    initialize: () => void log.push("database opens"),
    cleanup: () => void log.push("database closes"),
  });
  const data = way.isUncloneable ? { socket: () => {} } : mode;
  const create = () => inWorker(new URL(module, base), { data });
  const task = way.isSupervised
    ? supervise({ create }, { backoff: { min: 1 } })
    : create();
  if (way.isExecuteTask) manager.addExecuteTask("worker", task);
  else manager.addTask("worker", task);
  if (!stopAt && !way.endsByItself) {
    manager.addExecuteTask("stop", stop, { type: "error" });
  }
  const errors = await manager.runSettled();
  return { log, errors: errors.map((error) => shown(error, base)) };
}

/** What there is to an error, as data. */
function shown(thrown: unknown, base: string): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const { name, message, cause, stack } = thrown;
  const { errors, code, path } = Object(thrown);
  const within = (value: unknown) => shown(value, base);
  return {
    name,
    message: message.replaceAll(base, "…"),
    hasStack: stack!.includes(message.split("\n")[0]!),
    ...typeof code === "string" && { code },
    ...path && { path },
    ..."cause" in thrown && { cause: within(cause) },
    ...Array.isArray(errors) && { errors: errors.map(within) },
  };
}
