// A program whose names, notes and errors are hostile, and that hangs in the
// initialize of its second task until it is stopped, unless GOES_ON is set. With
// FAILS, an execute task fails at once; with JOBS, there are that many, each of
// another name, some at a time.
import process from "node:process";
import { TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";

const HOSTILE = "</script><img src=x onerror=globalThis.hacked=1>\u2028";

const manager = new TaskManager({ shutdownTimeout: 20_000 });
manager.addTask(`database ${HOSTILE}`, {
  initialize: ({ note }) => note(`connected ${HOSTILE}`, { to: HOSTILE }),
  cleanup: () => Promise.reject(new Error(`not closed <!--${HOSTILE}`)),
});
manager.addTask("migration", {
  initialize: ({ done }) => process.env.GOES_ON ? undefined : done,
}, { initializeTimeout: 60_000 });
const payments = new TaskManager();
payments.addTask("consumer", {
  execute: ({ done }) => done,
  drain: () => new Promise((resolve) => setTimeout(resolve, 2_500)),
});
manager.addTask("payments", payments.asTask(), { drainTimeout: 9_000 });
const shards = [new TaskManager(), new TaskManager()];
for (const shard of shards) {
  shard.addTask("shard", { execute: ({ done }) => done });
}
manager.addTask("shards", {
  async execute(context) {
    await Promise.all(shards.map((shard) => shard.execute(context)));
  },
});
manager.addTask("odd \ud800", { cleanup() {} });
for (let job = 0; job < 3; job++) {
  manager.addExecuteTask("job", ({ done }) => done);
}
for (let job = 0; job < 40; job++) {
  manager.addExecuteTask("quick job", () => {}, { type: "error" });
}
if (process.env.FAILS) {
  manager.addExecuteTask("failing", () => Promise.reject(new Error("first")));
}
manager.addExecuteTask("jobs", async ({ note, done }) => {
  const jobs = Number(process.env.JOBS ?? 0);
  for (let job = 0; job < jobs; job++) {
    const some = () => new Promise((resolve) => setTimeout(resolve, 300));
    manager.addExecuteTask(`job ${job}`, some, { type: "error" });
    if (job % 200 === 0) await some();
  }
  note("no more jobs");
  await done;
});
await runMain(manager, {
  exitCode({ report }) {
    console.log(`Report: ${JSON.stringify(report)}`);
    return 0;
  },
  inspect: {
    port: Number(process.env.PORT),
    token: process.env.TOKEN,
    control: process.env.CONTROL !== undefined,
  },
});
