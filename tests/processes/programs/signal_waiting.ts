// Waits for signals with nothing else to do.
import { shutdownSignal } from "@goasync/core/signals";
import { interruptible } from "@goasync/core/tasks/interruptible";
import { TaskContext } from "@goasync/core";

shutdownSignal();
interruptible(["SIGHUP"], { execute: ({ done }) => done })
  .initialize?.(new TaskContext({ name: "it" }));
console.log("nothing left to do");
