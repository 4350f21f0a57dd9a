// Has a task that fails, and does not even await the run.
import { TaskManager } from "@goasync/core";

const manager = new TaskManager();
manager.addTask("server", {
  execute: () => Promise.reject(new Error("The port is in use")),
});
manager.run();
console.log("runs");
