import { TaskManager } from "@goasync/core";
import { formatReport } from "@goasync/core/report";
import { shutdownSignal } from "@goasync/core/signals";
import {
  forceStop,
  Health,
  repeatable,
  repeatTimer,
  resource,
  supervise,
} from "@goasync/core/tasks";
import { interruptible } from "@goasync/core/tasks/interruptible";
import { FakeTask } from "@goasync/core/testing";

/** Runs a manager with every provided task, and says what happened. */
export async function run(): Promise<string[]> {
  const log: string[] = [];
  const countdown = (name: string) => {
    let left = 3;
    return () => {
      if (left-- > 0) log.push(name);
    };
  };
  const fake = new FakeTask();
  using signal = shutdownSignal();
  await using manager = new TaskManager();
  const health = new Health(manager);
  manager.addTask("database", fake);
  manager.addTask("loop", repeatable(countdown("loop")));
  manager.addTask("timer", repeatTimer(1, countdown("timer")));
  manager.addTask("server", forceStop(60_000, ({ done }) => done));
  manager.addTask(
    "configuration",
    interruptible(["SIGHUP"], {
      initialize: () => void log.push("reads its configuration"),
      execute: ({ done }) => done,
    }),
  );
  let attempts = 0;
  const connection = resource(() => {
    if (++attempts === 1) throw new Error("refused");
    return "connects again";
  });
  manager.addTask("upstream", supervise(connection, { backoff: { min: 1 } }));
  manager.addExecuteTask("client", () => void log.push(connection.value), {
    type: "error",
  });
  manager.addTask("all of it", {
    async execute() {
      const { status } = await health.fetch(new Request("http://it/readyz"));
      log.push(`ready: ${status}`);
      while (log.length < 9) await new Promise((done) => setTimeout(done, 1));
      manager.stop();
    },
  }, { type: "stop-group" });
  await manager.run({ signal });
  log.sort();
  log.push(`shutdownSignal has aborted: ${signal.aborted}`);
  const rows = formatReport(manager.report()).split("\n");
  const clean = rows.filter((row) => /^\w.* clean /.test(row)).length;
  log.push(`${clean} tasks are clean in the report`);
  return log;
}

/** What happens on every runtime. */
export const expected: readonly string[] = [
  "connects again",
  "loop",
  "loop",
  "loop",
  "reads its configuration",
  "ready: 200",
  "timer",
  "timer",
  "timer",
  "shutdownSignal has aborted: false",
  "7 tasks are clean in the report",
];
