// A program with three tasks. With HANG, one of them does not stop.
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";

function say(text) {
  console.log(`program: ${text}`);
}

function taskOf(name) {
  return {
    async cleanup() {
      await delay(50); // Longer than one key press lasts.
      say(`${name} is cleaned up`);
    },
  };
}

process.on("exit", (code) => say(`exits with ${code}`));
const manager = new TaskManager();
manager.addTask("database", taskOf("database"));
manager.addTask("server", taskOf("server"));
manager.addTask("consumer", {
  ...taskOf("consumer"),
  async execute({ done }) {
    say(`runs as ${process.pid}`);
    await done;
    say("consumer stops");
    if (process.env.HANG) await new Promise(() => {});
  },
});
await runMain(manager);
