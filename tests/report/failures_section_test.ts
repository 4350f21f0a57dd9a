import { TaskManager } from "@goasync/core";
import { formatReport } from "@goasync/core/report";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { gate } from "../helpers/gate.ts";
import {
  errorIn,
  linesOf,
  reportOf,
  sectionOf,
  stage,
  task,
} from "../helpers/reports.ts";
import { SHOP } from "../helpers/shop.ts";

const JOB = { name: "job", type: "error", state: "failed" } as const;

function failed(name: string, ...stages: Parameters<typeof errorIn>[]) {
  return task(
    name,
    "failed",
    ...stages.map((given) => ({
      ...stage(given[0], 0, 0, "failed"),
      error: errorIn(...given),
    })),
  );
}

describe("formatReport(), failures", () => {
  it("has none of a run that was clean", () => {
    const tasks = [task("a", "clean", stage("execute", 0, 0))];
    assertEquals(sectionOf(reportOf({ tasks }), "failures"), undefined);
  });

  it("can tell nothing of a failure without an error", () => {
    assertEquals(sectionOf(SHOP, "failures"), undefined);
  });

  it("lists each, in the order of the tables and of the stages", () => {
    const report = reportOf({
      tasks: [
        failed("a", ["execute", "1"], ["drain", "2"], ["cleanup", "3"]),
        task("b"),
        failed("c", ["initialize", "4"]),
      ],
      executeTasks: [
        { ...JOB, error: errorIn("execute", "5") },
        JOB,
        { ...JOB, error: errorIn("execute", "6") },
      ],
    });
    assertEquals(sectionOf(report, "failures"), [
      "failures",
      "✘ 1",
      "✘ 2",
      "✘ 3",
      "✘ 4",
      "✘ 5",
      "✘ 6",
    ]);
  });

  it("lists the failed drain of an execute task once", () => {
    const error = errorIn("drain", "no route");
    const drain = { ...stage("drain", 0, 0, "failed"), error };
    const report = reportOf({ executeTasks: [{ ...JOB, error, drain }] });
    assertEquals(sectionOf(report, "failures"), ["failures", "✘ no route"]);
  });

  it("lists execute and drain of an execute task if both failed", () => {
    const error = errorIn("execute", "lost");
    const drain = {
      ...stage("drain", 0, 0, "failed"),
      error: errorIn("drain", "no route"),
    };
    const report = reportOf({ executeTasks: [{ ...JOB, error, drain }] });
    assertEquals(sectionOf(report, "failures"), [
      "failures",
      "✘ lost",
      "✘ no route",
    ]);
  });

  it("goes on in the next line, between words and within a long one", () => {
    const message = `It failed ${"again and ".repeat(8)}${"x".repeat(99)}`;
    const report = reportOf({ tasks: [failed("a", ["execute", message])] });
    assertEquals(sectionOf(report, "failures"), [
      "failures",
      "✘ It failed again and again and again and again and again and again and again",
      "  and again and",
      `  ${"x".repeat(78)}`,
      `  ${"x".repeat(21)}`,
    ]);
    assertEquals(sectionOf(report, "failures", 190), [
      "failures",
      `✘ ${message.slice(0, 89)}`,
      `  ${"x".repeat(99)}`,
    ]);
  });

  it("shows nothing that would move the cursor", () => {
    const message = "a\nb\r\x1b[31mc\u2028d\u202ee\x9bf";
    const report = reportOf({ tasks: [failed("a", ["execute", message])] });
    assertEquals(sectionOf(report, "failures"), [
      "failures",
      "✘ a b [31mc d e f",
    ]);
  });

  it("shows its sign in red", () => {
    const report = reportOf({ tasks: [failed("a", ["execute", "lost"])] });
    const text = formatReport(report, { colors: true });
    assertStringIncludes(
      text,
      "\x1b[2mfailures\x1b[22m\n\x1b[31m✘\x1b[39m lost",
    );
  });

  it("says why each of two tasks failed after the stop", async () => {
    const stops = gate();
    const manager = new TaskManager();
    manager.addTask("database", {
      cleanup: () => Promise.reject(new Error("connection lost")),
    });
    manager.addTask("server", {
      execute: async ({ done }) => {
        await done;
        await stops.reached;
        throw new Error("port is gone");
      },
    });
    const { errors } = await running(manager);
    manager.stop("enough");
    stops.open();
    assertEquals((await errors).length, 2);
    const report = manager.report();
    assertEquals(linesOf(report)[0]?.endsWith("by stop(): enough"), true);
    assertEquals(sectionOf(report, "failures"), [
      "failures",
      '✘ Task "database" failed in cleanup: connection lost',
      '✘ Task "server" failed in execute: port is gone',
    ]);
    const copy = JSON.parse(JSON.stringify(report));
    assertEquals(formatReport(copy), formatReport(report));
  });

  it("shows the whole path of what failed in a manager within", async () => {
    const inner = new TaskManager();
    inner.addTask("broken", { execute: () => Promise.reject("lost") });
    const manager = new TaskManager();
    manager.addTask("api", { execute: untilStopped });
    manager.addExecuteTask("inner", inner);
    await manager.runSettled();
    const section = sectionOf(manager.report(), "failures");
    assert(section);
    assertEquals(section, [
      "failures",
      '✘ Task "inner/broken" failed in execute: lost',
    ]);
  });

  it("lists what is known while the run goes on", async () => {
    const drains = gate();
    const manager = new TaskManager();
    manager.addTask("server", { drain: () => drains.reached });
    manager.addExecuteTask("job", () => Promise.reject("no mail"));
    const { errors } = await running(manager);
    assertEquals(manager.state, "draining");
    assertEquals(sectionOf(manager.report(), "failures"), [
      "failures",
      '✘ Task "job" failed in execute: no mail',
    ]);
    drains.open();
    await errors;
  });
});
