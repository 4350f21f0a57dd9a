// One replica: it waits for the lock in a file, and writes numbers while it has it.

import process from "node:process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";
import { lease, sqliteLock } from "@goasync/core/tasks/lease";
import { repeatTimer } from "@goasync/core/tasks/repeat-timer";
import { Numbers } from "./numbers.ts";

const [, , folder = "."] = process.argv;
const numbers = new Numbers(folder);
const lock = sqliteLock(new DatabaseSync(join(folder, "lock.db")), "numbers");

const manager = new TaskManager();
const writer = lease(lock, (token) => {
  const write = repeatTimer(
    300,
    () => console.log(`writes ${numbers.add(token)}`),
  );
  return {
    initialize: () => console.log(`begins with token ${token}`),
    execute: (context) => write.execute(context),
    cleanup: () => console.log("ends"),
  };
}, { ttl: 1_500, renewEvery: 500 });
manager.addTask("writer", writer);
console.log("waits");
await runMain(manager);
