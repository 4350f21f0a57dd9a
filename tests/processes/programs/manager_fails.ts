// Has tasks that fail, and nobody who catches that.
import { TaskManager } from "@goasync/core";

const manager = new TaskManager();
manager.addTask("database", {
  execute: ({ done }) => done,
  cleanup: () => Promise.reject(new Error("The file is locked")),
});
manager.addTask("worker", { execute: () => {} });
manager.addTask("server", {
  execute: () => Promise.reject(new Error("The port is in use")),
});
await manager.run();
console.log("never printed");
