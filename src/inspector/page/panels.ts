/// <reference lib="dom" />
import type { Report } from "../../report_types.ts";
import { showDuration } from "../../report/duration.ts";
import {
  roundTime,
  VERBS,
  type WaitedFor,
  waitedFor,
} from "../../waited_for.ts";
import type { Story } from "../story.ts";
import { byId, make, setChildren, setText } from "./dom.ts";
import { isBad, type Row } from "./rows.ts";

/** How many entries of a list are shown. */
const MAX_SHOWN = 200;

/** Sets the items of a list; those that are there stay open, and in focus. */
function fill(list: HTMLElement, items: readonly HTMLElement[]): void {
  const there = new Map(
    [...list.querySelectorAll<HTMLElement>(":scope > li")]
      .map((item) => [item.dataset.shown, item]),
  );
  const itemOf = (item: HTMLElement) => {
    const text = item.outerHTML;
    const same = there.get(text);
    there.delete(text);
    item.dataset.shown = text;
    return same ?? item;
  };
  setChildren(list, items.map(itemOf));
}

/** Who is waited for, and how much of which limit is left. */
export function showWaiting(report: Report): void {
  const waiting = waitedFor(report);
  byId("waiting-list", HTMLUListElement).replaceChildren(
    ...waiting.slice(0, MAX_SHOWN).map(waitingItem),
  );
  const names = waiting.slice(0, 3).map(({ path }) => path.join("/"));
  const more = waiting.length > 3 ? ` and ${waiting.length - 3} more` : "";
  setText(
    byId("waiting-summary", HTMLElement),
    waiting.length === 0 ? "Nobody" : `${names.join(", ")}${more}`,
  );
}

function waitingItem({ path, stage, ms, limit, note }: WaitedFor): HTMLElement {
  const text = make(
    "span",
    "",
    make("b", "", path.join(" / ")),
    ` ${VERBS[stage]} for ${roundTime(ms)}`,
  );
  const item = make("li", "", text);
  if (limit) {
    const share = limit.ms > 0 ? limit.left / limit.ms : 0;
    const said = `${roundTime(limit.left)} left of ${limit.name} ${
      roundTime(limit.ms)
    }`;
    text.append(`, ${said}`);
    const rest = make("i", "");
    rest.style.width = `${Math.round(share * 100)}%`;
    const meter = make("span", share < 0.25 ? "left short" : "left", rest);
    meter.setAttribute("aria-hidden", "true");
    item.append(meter);
  } else text.append(", without a limit");
  if (note !== null) item.append(make("span", "note", note));
  return item;
}

/** What went wrong, with stacks. */
export function showErrors(
  { failures, moreFailures, report }: Story,
  rows: readonly Row[],
): void {
  const start = report.startedAt ?? 0;
  const ends = new Map(rows.flatMap(endsOf));
  const items = failures.map(({ at, path, stage, code, message, stack }) => {
    const details = make("details", "", make("summary", "", "Stack"));
    const pre = make("pre", "", stack);
    pre.tabIndex = 0;
    details.append(pre);
    const end = ends.get(keyOf(path, message)) ?? at - start;
    return make(
      "li",
      "",
      make("span", "bad-text", message),
      " ",
      make(
        "code",
        "",
        `${path.join("/")} ${stage} ${code} at ${showDuration(end)}`,
      ),
      details,
    );
  });
  const strays = [report.stop, ...report.laterStops ?? []]
    .flatMap((stop) => stop?.by === "stray" ? [stop] : [])
    .map(({ at, reason }) =>
      make(
        "li",
        "",
        make("span", "bad-text", reason),
        " ",
        make("code", "", `stray error at ${showDuration(at)}`),
      )
    );
  // Those that came while nobody looked are in the report alone.
  const known = new Set(
    failures.map(({ path, message }) => keyOf(path, message)),
  );
  const unseen = moreFailures > 0
    ? []
    : rows.flatMap((row) =>
      row.errors.filter(({ path, message }) =>
        !known.has(keyOf([...row.path.slice(0, -1), ...path], message))
      )
    );
  items.push(...unseen.map(({ message, stage, code }) =>
    make(
      "li",
      "",
      make("span", "bad-text", message),
      " ",
      make("code", "", `${stage} ${code}, while nobody looked`),
    )
  ));
  if (moreFailures > 0) items.push(make("li", "", `and ${moreFailures} more`));
  const all = [...items, ...strays];
  fill(byId("error-list", HTMLUListElement), all);
  byId("errors", HTMLElement).hidden = all.length === 0;
}

/** When each of the errors of a row has ended its stage, by the run's own clock. */
function endsOf({ path, stages, offset }: Row): [string, number][] {
  return stages.flatMap(({ error, endedAt }) =>
    error && endedAt !== null
      ? [[keyOf(path, error.message), endedAt + offset]]
      : []
  );
}

function keyOf(path: readonly string[], message: string): string {
  return JSON.stringify([path, message]);
}

/** What tasks had to say, the last first. */
export function showNotes(rows: readonly Row[]): void {
  const notes = rows.flatMap(({ path, notes, offset }) =>
    notes.map(({ at, message, details }) => (
      { at: at + offset, path, message, details }
    ))
  ).sort((a, b) => b.at - a.at).slice(0, MAX_SHOWN);
  fill(
    byId("note-list", HTMLOListElement),
    notes.map(({ at, path, message, details }) =>
      make(
        "li",
        "",
        make("span", "", showDuration(at)),
        make("b", "", path.join("/")),
        make(
          "span",
          "",
          message,
          ...details ? [" ", make("code", "", textOf(details))] : [],
        ),
      )
    ),
  );
  byId("notes", HTMLElement).hidden = notes.length === 0;
}

function textOf(details: Record<string, unknown>): string {
  return Object.entries(details)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(" ");
}

/** All about one row. */
export function showDetails(
  row: Row | undefined,
  duration: number,
  cancel: ((row: Row) => void) | undefined,
): void {
  byId("details", HTMLElement).hidden = !row;
  if (!row) return;
  const title = row.kind === "group" ? [...row.path, row.name] : row.path;
  setText(
    byId("details-title", HTMLElement),
    title.join(" / ") || row.name,
  );
  const body = byId("details-body", HTMLElement);
  const type = row.type ? `, ${row.type}` : "";
  const parts: HTMLElement[] = [
    make(
      "p",
      isBad(row.state) ? "bad-text" : "",
      `${row.kind}${type}: ${row.state}`,
    ),
  ];
  if (row.stages.length > 0) parts.push(stageTable(row, duration));
  for (const { message, cause } of row.errors) {
    parts.push(make("p", "bad-text", message));
    if (cause !== null && !message.includes(cause)) {
      parts.push(make("p", "", `Cause: ${cause}`));
    }
  }
  if (row.earlierNotes > 0) {
    parts.push(make("p", "quiet", `${row.earlierNotes} notes before these`));
  }
  const list = make("ol", "");
  for (const { at, message, details = {} } of row.notes) {
    list.append(
      make("li", "", `${showDuration(at)} ${message} ${textOf(details)}`),
    );
  }
  if (row.notes.length > 0) parts.push(list);
  const isLeft = !["clean", "never-started"].includes(row.state) &&
    !isBad(row.state);
  const mayCancel = cancel && row.path.length === 1 && isLeft &&
    (row.kind === "task" || row.kind === "execute task");
  const texts = JSON.stringify([
    row.key,
    mayCancel,
    parts.map(({ textContent }) => textContent),
  ]);
  if (body.dataset.shown === texts) return;
  body.dataset.shown = texts;
  if (mayCancel) {
    const button = make("button", "danger", "Cancel this task");
    button.type = "button";
    button.addEventListener("click", () => cancel(row));
    parts.push(button);
  }
  body.replaceChildren(...parts);
}

function stageTable({ stages, offset }: Row, duration: number): HTMLElement {
  const head = make("tr", "");
  for (const title of ["stage", "began", "took", "outcome", "limit"]) {
    const cell = make("th", "", title);
    cell.scope = "col";
    head.append(cell);
  }
  const body = make("tbody", "");
  for (const each of stages) {
    const { stage, startedAt, endedAt, outcome, limit, cutShort } = each;
    const left = limit &&
      `${
        roundTime(Math.max(0, limit.endsAt - duration + offset))
      } left of ${limit.name} ${roundTime(limit.ms)}`;
    const cells = [
      stage,
      showDuration(startedAt + offset),
      showDuration((endedAt ?? duration - offset) - startedAt),
      `${outcome ?? "lasts"}${cutShort ? ", cut short" : ""}`,
      left ?? "",
    ];
    body.append(make("tr", "", ...cells.map((cell) => make("td", "", cell))));
  }
  return make("table", "", make("thead", "", head), body);
}
