// Has a task that is told to stop and does not, and says when a second signal
// ends the program.
import { TaskManager } from "@goasync/core";
import { shutdownSignal } from "@goasync/core/signals";

const manager = new TaskManager();
manager.addTask("stuck", {
  execute({ signal }) {
    signal.addEventListener("abort", () => {
      console.log("told to stop");
      setTimeout(() => console.log("the grace is over"), 2_100);
    });
    console.log("ready");
    return new Promise(() => {});
  },
});
using signal = shutdownSignal({ grace: 2_000 });
await manager.run({ signal });
