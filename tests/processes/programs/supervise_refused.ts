// Connects to a port that refuses, supervised or, as "bare", without a backoff,
// for two seconds; says how often, and how busy that kept the processor.
import { TaskManager } from "@goasync/core";
import { supervise } from "@goasync/core/tasks/supervise";
import process from "node:process";

const [how] = Deno.args;
const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
const { port } = listener.addr;
listener.close();

let attempts = 0;
const connect = async () => {
  attempts++;
  const connection = await Deno.connect({ port, hostname: "127.0.0.1" });
  connection.close();
};
const manager = new TaskManager();
const options = how === "bare" ? { backoff: false } as const : {};
manager.addExecuteTask("upstream", supervise(connect, options));
const before = process.cpuUsage();
setTimeout(() => manager.stop(), 2_000);
await manager.runSettled(); // It may be refused while it stops.
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ attempts, busy: (user + system) / 1_000 }));
