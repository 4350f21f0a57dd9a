// Runs until one of the signals it is given as arguments, or the default ones.
import { TaskManager } from "@goasync/core";
import { type OsSignal, shutdownSignal } from "@goasync/core/signals";
import process from "node:process";

const names = process.argv.slice(2) as OsSignal[];
using signal = shutdownSignal(names.length > 0 ? { signals: names } : {});
const manager = new TaskManager();
manager.addTask("server", {
  async execute({ done }) {
    console.log("ready");
    await done;
    console.log("stopping");
  },
  cleanup: () => console.log("cleaned up"),
});
await manager.run({ signal });
console.log(`ended by ${signal.reason.cause}`);
