// A replica with one lease over the lock that CLIENT names. In a term it writes
// its token into a table that accepts none below the greatest, and prints what it
// does.

import process from "node:process";
import { TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";
import { lease } from "@goasync/core/tasks/lease";
import { RENEW_EVERY, TTL } from "../times.ts";
import { Writes } from "../writes.ts";
import { open } from "./locks.ts";

const { CLIENT = "", FOLDER = "", PORT = "" } = process.env;
const { lock, close } = await open[CLIENT]!(FOLDER, Number(PORT));
const writes = new Writes(FOLDER);
const print = (what: string, token: number) =>
  console.log(`${what} ${token} ${Date.now()}`);

const manager = new TaskManager({ shutdownTimeout: 10_000 });
manager.addTask("client", { cleanup: close });
manager.addTask(
  "it",
  lease(lock, (token) => ({
    initialize: () => print("begin", token),
    async execute({ signal }) {
      while (!signal.aborted) {
        writes.add(token, process.pid);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    cleanup: () => print("end", token),
  }), { ttl: TTL, renewEvery: RENEW_EVERY }),
);
manager.subscribe((event) => {
  if (event.type === "note") console.log(`note ${event.message}`);
});
console.log("ready");
await runMain(manager);
