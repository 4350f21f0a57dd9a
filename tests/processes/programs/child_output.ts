// Runs a child whose output nobody takes. With an argument, it is ready once it
// has printed a line.
import { TaskManager } from "@goasync/core";
import { childProcess } from "@goasync/core/tasks/child-process";

const manager = new TaskManager();
const child = childProcess("sh", {
  args: ["-c", "echo up; echo down >&2; exec sleep 60"],
  ready: Deno.args.length > 0 ? /down/ : undefined,
});
manager.addTask("child", child);
manager.addExecuteTask("stop", async () => {
  // What is inherited is not read by us.
  if (Deno.args.length === 0) await new Promise((end) => setTimeout(end, 200));
  console.log("stops");
  void manager.stop();
});
await manager.run();
