// Runs a child whose output nobody takes, to its end. With an argument, it is
// ready once it has printed a line, and is stopped then.
import { TaskManager } from "@goasync/core";
import { childProcess } from "@goasync/core/tasks/child-process";

const manager = new TaskManager();
const isReady = Deno.args.length > 0;
const prints = "echo down >&2; echo up";
const child = childProcess("sh", {
  args: ["-c", isReady ? `${prints}; exec sleep 60` : prints],
  ready: isReady ? /up/ : undefined,
});
const { finished } = manager.addTask("child", child, { type: "error" });
manager.addExecuteTask("stop", async () => {
  if (!isReady) await finished;
  console.log("stops");
  void manager.stop();
});
await manager.run();
