import { type TaskHandle, TaskManager } from "@goasync/core";
import { FakeTask, FakeTaskManager } from "@goasync/core/testing";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { isPending } from "../helpers/is_pending.ts";

// deno-lint-ignore no-explicit-any
type Anything = any;

const INSPECT = [
  Symbol.for("Deno.customInspect"),
  Symbol.for("nodejs.util.inspect.custom"),
];

/** All that a handle shows, wherever it is printed. */
function shownOf(handle: Anything): string[] {
  return [
    String(handle),
    JSON.stringify(handle),
    ...INSPECT.map((inspect) => handle[inspect]()),
  ];
}

function fakeHandles(): [task: TaskHandle, job: TaskHandle] {
  const fake = new FakeTaskManager();
  return [
    fake.addTask("task", new FakeTask()),
    fake.addExecuteTask("job", () => {}),
  ];
}

describe("A handle that a FakeTaskManager gives", () => {
  it("waits, as nobody calls its task", async () => {
    for (const handle of fakeHandles()) {
      assertEquals(handle.state, "waiting");
      assertEquals(await isPending(handle.finished), true);
    }
  });

  it("has the name of its task", () => {
    assertEquals(fakeHandles().map(({ name }) => name), ["task", "job"]);
  });

  it("makes its task never-started when it is cancelled, and no other", async () => {
    const [task, job] = fakeHandles();
    task.cancel("enough");
    assertEquals(await task.finished, "never-started");
    assertEquals([task.state, job.state], ["never-started", "waiting"]);
  });

  it("can be cancelled without a drain, and again", async () => {
    const [task] = fakeHandles();
    task.cancel("enough", { drain: false });
    task.cancel();
    assertEquals(task.state, "never-started");
    assertEquals(await task.finished, "never-started");
  });

  it("throws for options that are none, as one of a TaskManager does", () => {
    const bad: Anything = 1;
    const [task] = fakeHandles();
    const real = new TaskManager().addTask("task", new FakeTask());
    const { message } = assertThrows(() => real.cancel("", bad), TypeError);
    assertThrows(() => task.cancel("", bad), TypeError, message);
    assertEquals(task.state, "waiting");
  });

  it("shows its name and its state, as one of a TaskManager does", () => {
    const [task] = fakeHandles();
    const real = new TaskManager().addTask("task", new FakeTask());
    for (const handle of [task, real]) {
      const text = 'TaskHandle { name: "task", state: "waiting" }';
      const json = '{"name":"task","state":"waiting"}';
      assertEquals(shownOf(handle), [text, json, text, text]);
      assertEquals(Reflect.ownKeys(handle), []);
      handle.cancel();
      assertEquals(
        String(handle),
        'TaskHandle { name: "task", state: "never-started" }',
      );
    }
  });

  it("shows nothing that can be assigned to", () => {
    const [task] = fakeHandles();
    for (const key of ["name", "state", "finished"] as const) {
      assertThrows(() => (task as Anything)[key] = "other", TypeError);
    }
    assertEquals([task.name, task.state], ["task", "waiting"]);
  });
});
