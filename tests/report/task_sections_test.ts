import type { Report } from "@goasync/core";
import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  barOf,
  IDLE,
  linesOf,
  reportOfTask,
  stage,
  task,
} from "../helpers/reports.ts";

describe("formatReport(), tasks", () => {
  describe("shows of a task", () => {
    it("no stage that was not called", () => {
      const report: Report = { ...IDLE, tasks: [task("a", "waiting")] };
      assertEquals(linesOf(report).slice(2), [
        "task  type    outcome  initialize  execute  cleanup",
        "a     strict  waiting",
      ]);
    });

    it("no bar while the run has taken no time", () => {
      const given = task("a", "initializing", stage("initialize", 0, null));
      const report = reportOfTask(given, {
        state: "initializing",
        duration: 0,
      });
      assertEquals(linesOf(report).slice(2), [
        "task  type    outcome       initialize  execute  cleanup",
        "a     strict  initializing    … 0.0 ms",
        "",
        "waited for  in             for",
        "a           initialize  0.0 ms",
      ]);
    });

    it("that it executes", () => {
      const given = task(
        "a",
        "executing",
        stage("initialize", 0, 500),
        stage("execute", 500, null),
      );
      const report = reportOfTask(given, { state: "executing" });
      assertEquals(
        linesOf(report)[3],
        "a     strict  executing      500 ms  … 500 ms",
      );
      assertEquals(barOf(report), `a     ${"▂".repeat(37)}${"█".repeat(37)}`);
    });

    it("that it is initialized and waits for the others", () => {
      const given = task("a", "initialized", stage("initialize", 0, 500));
      const report = reportOfTask(given, { state: "initializing" });
      assertEquals(barOf(report), `a     ${"▂".repeat(37)}${"·".repeat(37)}`);
    });

    it("that it was told to stop and goes on", () => {
      const given = task("a", "executing", stage("execute", 0, null));
      const stop = { at: 500, by: "stop", taskName: null, reason: "" } as const;
      const report = reportOfTask(given, { state: "stopping", stop });
      assertEquals(barOf(report), `a     ${"█".repeat(37)}${"▒".repeat(37)}`);
    });

    it("that it has ended and waits for its cleanup", () => {
      const given = task("a", "clean", stage("execute", 0, 500));
      const stop = { at: 750, by: "stop", taskName: null, reason: "" } as const;
      const report = reportOfTask(given, { state: "stopping", stop });
      assertEquals(barOf(report), `a     ${"█".repeat(37)}${"·".repeat(37)}`);
    });

    it("that it is cleaned up while others are not", () => {
      const given = task("a", "clean", stage("cleanup", 0, 500));
      const report = reportOfTask(given, { state: "cleaning-up" });
      assertEquals(barOf(report), `a     ${"▄".repeat(37)}`);
    });

    it("that it was abandoned, and not cleaned up", () => {
      const given = task(
        "a",
        "abandoned",
        stage("execute", 0, 500, "abandoned"),
      );
      const report = reportOfTask(given);
      assertEquals(
        linesOf(report)[3],
        "a     strict  abandoned              ✘ 500 ms",
      );
      assertEquals(barOf(report), `a     ${"█".repeat(37)}`);
    });

    it("a stage however short it was", () => {
      const given = task(
        "a",
        "clean",
        stage("initialize", 0, 0),
        stage("execute", 0, 999.9),
        stage("cleanup", 1_000, 1_000),
      );
      assertEquals(barOf(reportOfTask(given)), `a     ▂${"█".repeat(72)}▄`);
    });

    it("something even if its clock went backwards", () => {
      const given = task(
        "a",
        "clean",
        stage("initialize", -500, -600),
        stage("execute", 500, 400),
        stage("cleanup", 5_000, 6_000),
      );
      const bar = barOf(reportOfTask(given));
      assertMatch(bar, /^a {5}▂·{36}█·{35}▄$/);
    });
  });
});
