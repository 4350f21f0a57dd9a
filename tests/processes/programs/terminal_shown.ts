// Prints what a user is handed, while a task executes that has a password.
import { type TaskContext, TaskManager } from "@goasync/core";

class Database {
  readonly password = "hunter2";
  context: TaskContext | undefined;

  execute(context: TaskContext): unknown {
    this.context = context;
    context.note("executes");
    return context.done;
  }
}

const database = new Database();
const manager = new TaskManager({ stopTimeout: 1_000 });
const handle = manager.addTask("db", database);
const run = manager.runSettled();
await new Promise((resolve) => setTimeout(resolve));
const context = database.context!;

for (const [name, shown] of Object.entries({ handle, context, manager })) {
  console.log(`--- the ${name}`);
  console.log(shown);
  console.log("it is", shown);
  console.log(`${shown}`);
  console.log(JSON.stringify(shown));
}
console.log("--- the report");
console.log(manager.report());
console.log(JSON.stringify(manager.report()));
await manager.stop();
await run;
