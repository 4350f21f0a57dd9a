// Prints the errors of tasks that throw in managers in managers; given how many
// managers, leaves the error of their run uncaught, or, given "unwatched", too,
// does not even await the run.
import { TaskManager } from "@goasync/core";
import process from "node:process";

function openPort(): never {
  throw new Error("The port is in use");
}

function closeFile(): never {
  throw new Error("The file is locked");
}

/** A manager in which a task fails. */
function failing(): TaskManager {
  const manager = new TaskManager();
  manager.addExecuteTask("server", openPort);
  return manager;
}

/** A manager in which two tasks fail. */
function failingTwice(): TaskManager {
  const manager = failing();
  manager.addTask("file", { cleanup: closeFile });
  return manager;
}

/** As many managers, each in the next, of which the innermost is given. */
function nested(depth: number, innermost: TaskManager): TaskManager {
  if (depth === 1) return innermost;
  const manager = new TaskManager();
  manager.addExecuteTask("inner", nested(depth - 1, innermost));
  return manager;
}

async function catchAll(depth: number): Promise<void> {
  console.log(`--- the error of run in ${depth}`);
  try {
    await nested(depth, failing()).run();
  } catch (error) {
    console.log(error);
  }
  console.log(`--- each of runSettled in ${depth}`);
  for (const error of await nested(depth, failing()).runSettled()) {
    console.log(error);
  }
  console.log(`--- the list of runSettled in ${depth}`);
  console.log(await nested(depth, failing()).runSettled());
  console.log(`--- two errors in ${depth}`);
  for (const error of await nested(depth, failingTwice()).runSettled()) {
    console.log(error);
  }
}

const [depth, isUnwatched] = process.argv.slice(2);
if (isUnwatched) void nested(Number(depth), failing()).run();
else if (depth) await nested(Number(depth), failing()).run();
else for (const depth of [1, 2, 3, 6]) await catchAll(depth);
