import { type ForkedContext, TaskContext, TaskManager } from "@goasync/core";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { Database, executing } from "../helpers/database.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";

/** What the consoles of Deno, Node and Bun ask an object to show of itself. */
const INSPECTORS = ["Deno.customInspect", "nodejs.util.inspect.custom"];

/** What an object shows of itself, wherever it is printed. */
function shownAs(value: object): string {
  const text = String(value);
  for (const name of INSPECTORS) {
    const inspect = Reflect.get(value, Symbol.for(name));
    assertEquals(inspect.call(value), text);
  }
  return text;
}

describe("rule 21: a handle", () => {
  it("shows its name and its state", async () => {
    const { handle, end } = await executing();
    assertEquals(
      shownAs(handle),
      'TaskHandle { name: "db", state: "executing" }',
    );
    assertEquals(JSON.stringify(handle), '{"name":"db","state":"executing"}');
    await end();
    assertEquals(shownAs(handle), 'TaskHandle { name: "db", state: "clean" }');
  });
});

describe("rule 21: a context", () => {
  it("shows its name and how far it was stopped", async () => {
    const { context, manager, end } = await executing();
    assertEquals(
      shownAs(context),
      'TaskContext { name: "db", isTold: false, isAborted: false }',
    );
    assertEquals(
      JSON.stringify(context),
      '{"name":"db","isTold":false,"isAborted":false}',
    );
    manager.stop();
    assertEquals(
      shownAs(context),
      'TaskContext { name: "db", isTold: true, isAborted: true }',
    );
    await end();
  });

  it("shows that it was told, and has not to stop yet", async () => {
    const drains = gate();
    const contexts: TaskContext[] = [];
    const manager = new TaskManager();
    manager.addTask("db", {
      initialize: (context) => void contexts.push(context),
      drain: () => drains.reached,
    });
    const { errors } = await running(manager);
    manager.stop();
    assertEquals(
      shownAs(contexts[0]!),
      'TaskContext { name: "db", isTold: true, isAborted: false }',
    );
    drains.open();
    assertEquals(await errors, []);
  });

  it("shows the same if it was made by hand, with() or fork()", () => {
    const context = new TaskContext({
      name: "db",
      signal: AbortSignal.abort(),
    });
    assertEquals(
      shownAs(context),
      'TaskContext { name: "db", isTold: true, isAborted: true }',
    );
    const { signal } = new AbortController();
    assertEquals(
      shownAs(context.with({ signal, draining: signal })),
      'TaskContext { name: "db", isTold: false, isAborted: false }',
    );
    const fork: ForkedContext = new TaskContext({ name: "db" }).fork();
    assertEquals(
      shownAs(fork),
      'ForkedContext { name: "db", isTold: false, isAborted: false }',
    );
    fork.drain();
    assertEquals(
      shownAs(fork),
      'ForkedContext { name: "db", isTold: true, isAborted: false }',
    );
  });

  it("makes no signal when it is shown", async () => {
    const { AbortController } = globalThis;
    const { context, end } = await executing();
    let made = 0;
    globalThis.AbortController = class extends AbortController {
      constructor() {
        super();
        made++;
      }
    };
    try {
      shownAs(context);
      JSON.stringify(context);
    } finally {
      globalThis.AbortController = AbortController;
    }
    assertEquals(made, 0);
    await end();
  });
});

describe("rule 21: a manager", () => {
  it("shows its state, and who has not ended", async () => {
    const { manager, end } = await executing();
    manager.addExecuteTask("job", untilStopped);
    manager.addExecuteTask("ended", () => {}, { type: "error" });
    assertEquals(
      shownAs(manager),
      'TaskManager { state: "executing", tasks: [ "db executing", "job executing" ] }',
    );
    assertEquals(
      JSON.stringify(manager),
      '{"state":"executing","tasks":["db executing","job executing"]}',
    );
    await end();
    assertEquals(
      shownAs(manager),
      'TaskManager { state: "finished", tasks: [] }',
    );
  });

  it("shows the first 20 tasks, and how many more there are", () => {
    const manager = new TaskManager();
    const names = Array.from({ length: 20 }, (_, index) => `task ${index}`);
    for (const name of names) manager.addTask(name, new Database());
    const { tasks } = manager.toJSON();
    assertEquals(tasks, names.map((name) => `${name} waiting`));
    manager.addTask("one more", new Database());
    manager.addTask("and another", new Database());
    assertEquals(manager.toJSON().tasks, [...tasks, "… and 2 more"]);
    assert(shownAs(manager).endsWith('"task 19 waiting", "… and 2 more" ] }'));
  });
});

describe("rule 21: names that are shown", () => {
  it("are quoted, and control characters in them escaped", async () => {
    const manager = new TaskManager();
    const handle = manager.addTask('a"b\\c\x1b[31m\n\u202e', new Database());
    assertEquals(
      shownAs(handle),
      'TaskHandle { name: "a\\"b\\\\c\\u001b[31m\\n\\u202e", state: "waiting" }',
    );
    assertEquals(
      shownAs(manager),
      'TaskManager { state: "idle", tasks: [ "a\\"b\\\\c\\u001b[31m\\n\\u202e waiting" ] }',
    );
    await manager.stop();
  });
});

describe("rule 21: a task's own fields", () => {
  it("are shown by nothing", async () => {
    const { manager, handle, context, end } = await executing();
    const shown = [handle, manager, context].flatMap((each) => [
      shownAs(each),
      JSON.stringify(each),
    ]);
    shown.push(JSON.stringify(manager.report()));
    for (const text of shown) assert(!text.includes("hunter2"), text);
    await end();
  });
});
