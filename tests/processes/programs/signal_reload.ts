// Reloads on SIGHUP, and ends on SIGTERM.
import { TaskManager } from "@goasync/core";
import { shutdownSignal } from "@goasync/core/signals";
import { interruptible } from "@goasync/core/tasks/interruptible";

const manager = new TaskManager();
let loads = 0;
manager.addTask(
  "server",
  interruptible(["SIGHUP"], {
    initialize: () => void loads++,
    execute({ done }) {
      console.log(`ready ${loads}`);
      return done;
    },
    cleanup: () => console.log(`cleaned up ${loads}`),
  }),
);
using signal = shutdownSignal();
await manager.run({ signal });
console.log("ended");
