// A program whose last line is runMain(), and what its argument names.
import { type Task, TaskManager } from "@goasync/core";
import { runMain, type RunMainOptions } from "@goasync/core/main";
import { shutdownSignal } from "@goasync/core/signals";
import { interruptible } from "@goasync/core/tasks/interruptible";
import process from "node:process";

const after = (ms: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, ms));
const forever = () => new Promise<never>(() => {});
const keepAlive = () => setInterval(() => {}, 60_000);

/** A cleanup that says so, and goes on on SIGUSR2. */
const cleanedUpLate = (name: string) => () =>
  new Promise<void>((resolve) => {
    process.once("SIGUSR2", resolve);
    console.log(`cleanup of ${name}`);
  });

const options: RunMainOptions = {};
const limits = { stopTimeout: 200, cleanupTimeout: 200 };
const idle: Task = { execute: ({ done }) => done };
let task = idle;
let later = idle;
let last = idle;
let execute = () => {};

switch (process.argv[2]) {
  case "serves":
    break;
  case "hangs": // Until it is left behind, and then with a timer.
    task = { initialize: keepAlive, execute: forever };
    break;
  case "hangs-long": // So long that a second signal ends it.
    task = { drain: () => after(60_000) };
    break;
  case "dead-dependency": // A cleanup that waits for an answer.
    keepAlive();
    task = { cleanup: forever };
    break;
  case "floating":
    execute = () => void Promise.reject(new Error("floating"));
    break;
  case "timer":
    execute = () => {
      setTimeout(() => {
        throw new Error("thrown by a timer");
      });
    };
    break;
  case "late-stray": // While it stops.
    task = {
      async drain() {
        void Promise.reject(new Error("late"));
        await after(50);
      },
    };
    break;
  case "prints": // More than a pipe takes at once.
    task = { cleanup: () => void process.stdout.write("x".repeat(2 ** 20)) };
    keepAlive();
    Object.assign(options, { exitAfter: 0 });
    break;
  case "chooses":
    options.exitCode = ({ signal }) => signal === "SIGTERM" ? 42 : 0;
    break;
  case "reloads": // It catches SIGHUP, but not while another one is up.
    task = {
      async initialize() {
        const goesOn = new Promise((resolve) =>
          process.once("SIGUSR2", resolve)
        );
        console.log("slow start");
        await goesOn;
        await after(300); // A signal that was sent before may come after it.
      },
      cleanup: cleanedUpLate("server"),
    };
    last = { cleanup: cleanedUpLate("last") };
    limits.cleanupTimeout = Infinity;
    later = interruptible(["SIGHUP"], {
      execute({ done }) {
        console.log("loaded");
        return done;
      },
    });
    options.hold = ["SIGHUP"];
    break;
  case "inspected": // By a page that somebody looks at.
    options.inspect = { port: 0, token: "0123456789abcdef" };
    break;
  case "inspected-hangs": // And in which something hangs.
    options.inspect = { port: 0, token: "0123456789abcdef" };
    task = { drain: () => after(60_000) };
    break;
  case "inspected-ends": // By itself.
    options.inspect = { port: 0, token: "0123456789abcdef" };
    execute = () => void process.once("SIGUSR2", () => void manager.stop());
    break;
  case "exit-throws": // As console.log does on Deno when its terminal is gone.
    process.on("exit", () => {
      throw new Error("at the exit");
    });
    break;
  case "runs-often": // With a shutdownSignal for each run.
    for (let run = 0; run < 12; run++) {
      const over = new AbortController();
      const signal = shutdownSignal({ until: over.signal });
      const manager = new TaskManager();
      manager.addExecuteTask("stop", () => void manager.stop(), {
        type: "error",
      });
      await manager.run({ signal });
      over.abort();
    }
    console.log("ready");
    await after(60_000);
    break;
}

const manager = new TaskManager(limits);
manager.addTask("database", { cleanup: () => console.log("database closed") });
manager.addTask("server", task);
manager.addTask("later", later);
manager.addTask("last", last);
manager.addExecuteTask("ready", () => {
  console.log("ready");
  execute();
}, { type: "error" });
await runMain(manager, options);
console.log("after runMain");
