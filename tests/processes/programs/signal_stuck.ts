// Has a task that is told to stop and does not.
import { TaskManager } from "@goasync/core";
import { shutdownSignal } from "@goasync/core/signals";

const manager = new TaskManager();
manager.addTask("stuck", {
  execute({ signal }) {
    signal.addEventListener("abort", () => console.log("told to stop"));
    console.log("ready");
    return new Promise(() => {});
  },
});
await manager.run({ signal: shutdownSignal() });
