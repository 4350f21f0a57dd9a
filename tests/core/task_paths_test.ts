import { type ManagerEvent, TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { TaskPaths } from "../../src/task_paths.ts";
import { running } from "../helpers/running.ts";

/** What is known of the paths in a manager that runs, and the way to add to it. */
async function followed() {
  const paths = new TaskPaths();
  const manager = new TaskManager();
  manager.subscribe((event) => {
    paths.hear(event);
    if (event.type === "stage-start") paths.isOfTask(event);
  });
  manager.addTask("server", { cleanup() {} });
  const { errors } = await running(manager);
  /** Adds a manager as an execute task, with one task. */
  const add = async () => {
    const within = new TaskManager();
    within.addTask("db", { cleanup() {} });
    const type = "error";
    const { finished } = manager.addExecuteTask("job", within, { type });
    while (within.state !== "executing") await null;
    return { within, finished };
  };
  const isOfTask = (...path: string[]) => {
    const note = { type: "note", at: 0, path, message: "", details: null };
    return paths.isOfTask(note as ManagerEvent);
  };
  return { manager, errors, add, isOfTask };
}

describe("the paths of tasks", () => {
  it("are known while their managers run, and forgotten then", async () => {
    const { manager, errors, add, isOfTask } = await followed();
    const [one, two] = [await add(), await add()];
    assertEquals(isOfTask("job", "db"), true);
    assertEquals(isOfTask("job"), false);
    one.within.stop();
    await one.finished;
    assertEquals(isOfTask("job", "db"), true);
    two.within.stop();
    await two.finished;
    assertEquals(isOfTask("job", "db"), false);
    assertEquals(isOfTask("server"), true);
    manager.stop();
    assertEquals(await errors, []);
    assertEquals(isOfTask("server"), false);
  });
});
