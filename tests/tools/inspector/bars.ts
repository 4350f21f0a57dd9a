/// <reference lib="dom" />
import type { Report } from "@goasync/core";
import assert from "node:assert/strict";
import type { Page } from "npm:playwright-core@1.65.1";

/** A stage in the timeline of the page, in percent of its width. */
interface Bar {
  readonly task: string;
  readonly stage: string;
  readonly left: number;
  readonly width: number;
  readonly lasts: boolean;
}

/** What a bar may be off by, as the page rounds to hundredths. */
const ROUNDED = 0.011;

/** The bars of the stages in the timeline, from top to bottom, left to right. */
async function barsIn(page: Page): Promise<Bar[]> {
  return await page.locator(".row").evaluateAll((rows) =>
    rows.flatMap((row) =>
      [...row.querySelectorAll<HTMLElement>(".lane > i")].flatMap((bar) => {
        const [stage = "", ...others] = bar.className.split(" ");
        const isStage = ["initialize", "execute", "drain", "cleanup"]
          .includes(stage);
        return isStage
          ? [{
            task: row.querySelector("b")?.textContent ?? "",
            stage,
            left: parseFloat(bar.style.left),
            width: parseFloat(bar.style.width || "0"),
            lasts: others.includes("now"),
          }]
          : [];
      })
    )
  );
}

/**
 * Asserts that there is a bar for each stage of each task, from its start to its
 * end. How long a run lasts that goes on, the page says by its bars that are over.
 */
export async function assertBars(page: Page, report: Report): Promise<void> {
  const names = report.tasks.map(({ name }) => name);
  const bars = (await barsIn(page)).filter(({ task }) => names.includes(task));
  const stages = report.tasks.flatMap(({ name: task, stages }) =>
    stages.map((stage) => ({ task, ...stage }))
  );
  assert.deepEqual(
    bars.map(({ task, stage, lasts }) => ({ task, stage, lasts })),
    stages.map(({ task, stage, endedAt }) => (
      { task, stage, lasts: endedAt === null }
    )),
  );
  const duration = report.state === "finished"
    ? report.duration
    : durationBy(bars, stages);
  if (duration === 0) return; // Nothing is over yet.
  for (const [index, { task, stage, left, width, lasts }] of bars.entries()) {
    const { startedAt = 0, endedAt = null } = stages[index] ?? {};
    const what = `${task}, ${stage}: ${left} % and ${width} % of ${duration}`;
    const start = startedAt / duration * 100;
    const end = lasts ? 100 : (endedAt ?? duration) / duration * 100;
    assert(Math.abs(left - start) < ROUNDED, `${what} starts at ${startedAt}`);
    assert(
      Math.abs(left + width - end) < 2 * ROUNDED,
      `${what} ends at ${endedAt}`,
    );
  }
}

/** How long the run has lasted for the page, by the end of its longest bar that has one. */
function durationBy(
  bars: readonly Bar[],
  stages: readonly { readonly endedAt: number | null }[],
): number {
  const ended = stages.map(({ endedAt }, index) => ({ endedAt, index }))
    .filter(({ endedAt }) => endedAt !== null)
    .sort((a, b) => Number(b.endedAt) - Number(a.endedAt));
  const [{ endedAt, index } = { endedAt: 0, index: 0 }] = ended;
  const { left = 0, width = 0 } = bars[index] ?? {};
  return Number(endedAt) / (left + width) * 100;
}
