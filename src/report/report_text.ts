import type { Report } from "../report_types.ts";
import { executeTaskSections } from "./execute_task_sections.ts";
import { failuresSection } from "./failures_section.ts";
import { headingText } from "./heading.ts";
import { notesSection } from "./notes_section.ts";
import type { Paint } from "./paint.ts";
import { taskSections } from "./task_sections.ts";
import { waitedForSection } from "./waited_for_section.ts";

/** The text of a report: what there is to say, with empty lines between. */
export function reportText(
  report: Report,
  width: number,
  paint: Paint,
): string {
  return [
    headingText(report, width, paint),
    ...taskSections(report, width, paint),
    ...executeTaskSections(report, width, paint),
    ...waitedForSection(report, width, paint),
    ...failuresSection(report, width, paint),
    ...notesSection(report, width, paint),
  ].join("\n\n").replaceAll(/ +$/gm, "");
}
