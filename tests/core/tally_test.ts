import { type ExecuteTaskTally, TaskManager } from "@goasync/core";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inShort } from "../helpers/heard.ts";
import { running } from "../helpers/running.ts";

const type = "error";

describe("TaskManager.subscribe(), a tally", () => {
  it("counts execute tasks that begin and end well, in place of events", async () => {
    const tally: ExecuteTaskTally = { started: 0, ended: 0 };
    const heard: string[] = [];
    const all: string[] = [];
    const manager = new TaskManager();
    manager.subscribe((event) => heard.push(inShort(event)), { tally });
    manager.addTask("task", { execute: ({ done }) => done });
    const { errors } = await running(manager);
    heard.length = 0;
    manager.addExecuteTask("a", ({ note }) => note("hello"), { type });
    manager.subscribe((event) => all.push(inShort(event)));
    manager.addExecuteTask("b", () => {}, { type });
    manager.addExecuteTask("c", () => Promise.reject("broken"));
    await errors;
    assertEquals(tally, { started: 3, ended: 2 });
    assertEquals(heard.slice(0, 2), [
      "/a notes hello",
      "/c execute ends failed",
    ]);
    assertEquals(all.slice(0, 4), [
      "/b execute starts",
      "/b execute ends clean",
      "/c execute starts",
      "/c execute ends failed",
    ]);
  });

  it("counts those of managers within, and only while it is set", async () => {
    const options: { tally?: ExecuteTaskTally } = {};
    const heard: string[] = [];
    const inner = new TaskManager();
    const manager = new TaskManager();
    manager.addExecuteTask("inner", inner);
    manager.subscribe((event) => heard.push(inShort(event)), options);
    const { errors } = await running(manager);
    heard.length = 0;
    const tally = options.tally = { started: 0, ended: 0 };
    inner.addExecuteTask("a", () => {}, { type });
    delete options.tally;
    inner.addExecuteTask("b", () => {}, { type });
    assertEquals(tally, { started: 1, ended: 1 });
    assertEquals(heard, [
      "/inner/b execute starts",
      "/inner/b execute ends clean",
    ]);
    manager.stop();
    await errors;
  });

  it("writes nothing down of execute tasks that it only counts", async () => {
    const manager = new TaskManager();
    manager.subscribe(() => {}, { tally: { started: 0, ended: 0 } });
    const { errors } = await running(manager);
    manager.addExecuteTask("a", ({ done }) => done);
    assertEquals(manager.report().executeTasks, [
      { name: "a", type: "strict", state: "executing" },
    ]);
    manager.stop();
    await errors;
  });

  it("needs options that are an object", () => {
    assertThrows(
      () => new TaskManager().subscribe(() => {}, null!),
      TypeError,
      "Cannot subscribe to a TaskManager as the options must be an object: current value is null",
    );
  });

  it("needs a tally that can count", () => {
    for (const tally of [null!, 5, {}, { started: 0 }, "12"]) {
      assertThrows(
        () => new TaskManager().subscribe(() => {}, { tally: tally as never }),
        TypeError,
        "Cannot subscribe to a TaskManager as 'tally' must have the numbers 'started' and 'ended': current value is ",
      );
    }
  });

  it("breaks no run when it cannot count", async () => {
    const frozen = Object.freeze({ started: 0, ended: 0 });
    const broken = {
      get tally(): ExecuteTaskTally | undefined {
        if (manager.state === "idle") return undefined;
        throw new Error("broken");
      },
    };
    const heard: string[] = [];
    const manager = new TaskManager();
    manager.subscribe(() => {}, { tally: frozen });
    manager.subscribe(() => {}, broken);
    manager.subscribe((event) => heard.push(inShort(event)));
    manager.addExecuteTask("stop", () => void manager.stop(), { type });
    assertEquals(await manager.runSettled(), []);
    assertEquals(manager.state, "finished");
    assertEquals(heard.filter((each) => each.startsWith("/stop")), [
      "/stop execute starts",
      "/stop execute ends clean",
    ]);
  });
});

describe("TaskManager, around", () => {
  it("is given the manager that calls the stage", async () => {
    const states: string[] = [];
    const manager: TaskManager = new TaskManager({
      around: (call, stage) => {
        states.push(`${stage.stage} ${stage.manager.state}`);
        assertEquals(stage.manager, manager);
        return call();
      },
    });
    manager.addTask("it", { execute: () => void manager.stop() });
    await manager.run();
    assertEquals(states, [
      "initialize initializing",
      "execute executing",
      "cleanup cleaning-up",
    ]);
  });
});
