import process from "node:process";
import type { Report } from "@goasync/core";
import { formatReport } from "@goasync/core/report";
import { printHeading } from "./headings.ts";

const MIN_WIDTH = 80;
const MAX_WIDTH = 120;

/** Prints who did what when, as wide as the terminal is, within limits. */
export function printReport(report: Report): void {
  const { isTTY, columns = MIN_WIDTH } = process.stdout;
  const colors = isTTY && !process.env.NO_COLOR;
  const width = Math.max(MIN_WIDTH, Math.min(columns, MAX_WIDTH));
  printHeading("report", "what happened to each task");
  console.log(`${formatReport(report, { colors, width })}\n`);
}
