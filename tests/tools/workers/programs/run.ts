// Runs a manager with tasks in workers beside another task, in one of several
// ways, and returns what was heard of it.
import { type Task, TaskManager, type TaskManagerOptions } from "@goasync/core";
import { supervise } from "@goasync/core/tasks/supervise";
import { inWorker } from "@goasync/core/tasks/worker";

/** How a task in a worker is run. */
export interface Way {
  /** The module of the worker. */
  readonly module: string;
  /** What its task does. */
  readonly mode?: string;
  /** The stop begins with a note like this; without it, nobody stops it. */
  readonly stopAt?: string;
  readonly timeouts?: TaskManagerOptions;
  /** Whether its data cannot be copied. */
  readonly isUncloneable?: boolean;
  /** Whether it is asked something, at a port that moves to it. */
  readonly isAsked?: boolean;
  /** Whether it is added as an execute task. */
  readonly isExecuteTask?: boolean;
  /** Whether it is supervised; what comes after the first does nothing odd. */
  readonly isSupervised?: boolean;
  /** How many there are. */
  readonly count?: number;
  /** How many such notes there have to be; one of each if left out. */
  readonly notes?: number;
}

/** What came of it. */
export interface Outcome {
  readonly log: readonly string[];
  readonly errors: readonly unknown[];
  /** How each task has ended. */
  readonly report: readonly string[];
}

export async function run(way: Way, base: string): Promise<Outcome> {
  const { module, stopAt, timeouts = {}, count = 1 } = way;
  const url = new URL(module, base);
  const log: string[] = [];
  const manager = new TaskManager(timeouts);
  let left = way.notes ?? count;
  manager.subscribe((event) => {
    if (event.type === "left-behind") log.push(`left behind: ${event.path}`);
    if (event.type !== "note") return;
    const [name] = event.path;
    const details = event.details ? ` ${JSON.stringify(event.details)}` : "";
    log.push(`${name} ${shownText(event.message, url)}${details}`);
    if (stopAt && event.message.startsWith(stopAt) && --left === 0) {
      void manager.stop(new Error("the test stops it"));
    }
  });
  manager.addTask("database", {
    initialize: () => void log.push("database opens"),
    cleanup: () => void log.push("database closes"),
  });
  for (let index = 1; index <= count && !way.isAsked; index++) {
    const name = count === 1 ? "worker" : `worker ${index}`;
    const task = taskOf(way, url);
    if (way.isExecuteTask) manager.addExecuteTask(name, task);
    else manager.addTask(name, task);
  }
  if (way.isAsked) manager.addTask("client", client(manager, url, log));
  const errors = await manager.runSettled();
  const { tasks, executeTasks } = manager.report();
  return {
    log,
    errors: errors.map((error) => shown(error, url)),
    report: [...tasks, ...executeTasks]
      .map(({ name, state }) => `${name} ${state}`),
  };
}

/** A worker that is asked something, and whoever asks it. */
function client(manager: TaskManager, url: URL, log: string[]): Task {
  const { port1, port2 } = new MessageChannel();
  const worker = inWorker(url, { data: port2, transfer: [port2] });
  return {
    ...worker,
    async execute() {
      const answer = new Promise<MessageEvent>((resolve) => {
        port1.onmessage = resolve;
      });
      port1.postMessage("hello");
      log.push(`is answered: ${(await answer).data}`);
      void manager.stop();
    },
    async cleanup(context) {
      await worker.cleanup(context);
      port1.close();
    },
  };
}

function taskOf(
  { mode, isUncloneable, isSupervised }: Way,
  url: URL,
) {
  let generation = 0;
  const create = () => {
    const data = generation++ === 0 ? mode : "plain";
    return inWorker(url, { data: isUncloneable ? { at: () => {} } : data });
  };
  return isSupervised
    ? supervise({ create }, { backoff: { min: 1 } })
    : create();
}

/** What there is to an error, as data. */
function shown(thrown: unknown, url: URL): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const { name, message, cause } = thrown;
  const { errors, code, path } = Object(thrown);
  const within = (value: unknown) => shown(value, url);
  return {
    name,
    message: shownText(message, url),
    ...typeof code === "string" && { code },
    ...path && { path },
    ..."cause" in thrown && { cause: within(cause) },
    ...Array.isArray(errors) && { errors: errors.map(within) },
  };
}

function shownText(text: string, url: URL): string {
  return text.replaceAll(url.href, "URL");
}
