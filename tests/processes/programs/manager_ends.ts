// Runs managers to their end, in every way that a run can end.
import { TaskManager } from "@goasync/core";

const shutdown = new AbortController();

const stopped = new TaskManager();
const run = stopped.run({ signal: shutdown.signal });
await stopped.stop();
await run;

const group = new TaskManager();
group.addTask("member", { execute: () => {} }, { type: "stop-group" });
await group.run({ signal: shutdown.signal });

const failed = new TaskManager();
failed.addTask("failing", {
  initialize: () => Promise.reject(new Error("broken")),
  execute: () => {},
});
await failed.runSettled({ signal: shutdown.signal });

shutdown.abort();
await new TaskManager().run({ signal: shutdown.signal });
console.log("ended");
