// Waits for Ctrl-C with nothing to do.
import { TaskManager } from "@goasync/core";
import { shutdownSignal } from "@goasync/core/signals";
import { setTimeout } from "node:timers";

// Keeps no process alive, so it is reached only if something else does.
setTimeout(() => console.log("still alive"), 50).unref();

await new TaskManager().run({ signal: shutdownSignal() });
console.log("ended");
