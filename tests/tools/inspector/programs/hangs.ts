// A program whose names, notes and errors are hostile, and that hangs in the
// initialize of its second task until it is stopped, unless GOES_ON is set.
import process from "node:process";
import { TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";

const HOSTILE = "</script><img src=x onerror=globalThis.hacked=1>";

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
for (let job = 0; job < 3; job++) {
  manager.addExecuteTask("job", ({ done }) => done);
}
for (let job = 0; job < 40; job++) {
  manager.addExecuteTask("quick job", () => {}, { type: "error" });
}
await runMain(manager, {
  inspect: {
    port: Number(process.env.PORT),
    token: process.env.TOKEN,
    control: process.env.CONTROL !== undefined,
  },
});
