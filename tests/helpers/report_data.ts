import type { Report } from "@goasync/core";
import { assert, assertEquals } from "@std/assert";

/** Asserts that a report is nothing but data. */
export function assertPlain(report: Report): void {
  assertEquals(structuredClone(report), report);
  assertEquals(JSON.parse(JSON.stringify(report)), report);
}

/** What the stages of each task say, without their times. */
export function stagesOf({ tasks }: Report): string[] {
  return tasks.flatMap(({ name, stages }) =>
    stages.map(({ stage, outcome }) => `${name} ${stage} ${outcome}`)
  );
}

/** Asserts that stages came one after another, within the run. */
export function assertInOrder({ tasks, duration }: Report): void {
  for (const { stages } of tasks) {
    let last = 0;
    for (const { stage, startedAt, endedAt } of stages) {
      if (stage === "drain") continue; // It goes on beside execute.
      assert(startedAt >= last, "a stage began before the last one ended");
      assert(endedAt === null || endedAt >= startedAt, "a stage ended early");
      last = endedAt ?? startedAt;
    }
    assert(duration >= last, "the run is shorter than a stage");
  }
}
