// An abort listener throws; given "handled", the host's error event is handled.
import { TaskManager } from "@goasync/core";

if (Deno.args[0] === "handled") {
  addEventListener("error", (event) => {
    event.preventDefault();
    console.log(`handled: ${event.error.message}`);
  });
}

const manager = new TaskManager();
for (const name of ["first", "second", "third"]) {
  manager.addTask(name, {
    execute({ signal, done }) {
      signal.addEventListener("abort", () => {
        console.log(`${name} is told`);
        if (name === "second") throw new Error("The listener is broken");
      });
      return done;
    },
    cleanup: () => console.log(`${name} is cleaned up`),
  });
}
manager.addExecuteTask("stop", () => void manager.stop(), { type: "error" });
await manager.run();
console.log("ended");
