/// <reference lib="dom" />
import { make, setChildren, setText, visible } from "./dom.ts";
import { isBad, type Row, type Span } from "./rows.ts";
import type { View } from "./view.ts";

/** The elements of a row, and what they show. */
interface Shown {
  readonly element: HTMLElement;
  readonly twist: HTMLElement;
  readonly name: HTMLElement;
  readonly state: HTMLElement;
  readonly lane: HTMLElement;
  row: Row;
  bars: string;
}

/** The tree of managers and tasks, with the timeline beside it. */
export class Tree {
  readonly #element: HTMLElement;
  readonly #view: View;
  readonly #chosen: (row: Row) => void;
  readonly #shown = new Map<string, Shown>();
  readonly #closed = new Set<string>();
  #rows: readonly Row[] = [];
  #focused = "";
  #selected: string | undefined;

  constructor(element: HTMLElement, view: View, chosen: (row: Row) => void) {
    this.#element = element;
    this.#view = view;
    this.#chosen = chosen;
    element.addEventListener("keydown", (event) => this.#press(event));
    element.addEventListener("click", (event) => this.#click(event));
  }

  /** Shows rows, and only touches what differs. */
  show(rows: readonly Row[], now: number): void {
    this.#rows = rows;
    this.#forgetOthers();
    const seen = this.#visible();
    for (const row of seen) this.#update(row);
    const hadFocus = this.#element.contains(document.activeElement);
    setChildren(
      this.#element,
      seen.flatMap(({ key }) => this.#shown.get(key)?.element ?? []),
    );
    if (!seen.some(({ key }) => key === this.#focused)) {
      this.#focus(seen[0]?.key ?? "", hadFocus);
    }
    this.draw(now);
  }

  /** Forgets those that are not there any more. */
  #forgetOthers(): void {
    const keys = new Set(this.#rows.map(({ key }) => key));
    for (const key of this.#shown.keys()) {
      if (!keys.has(key)) this.#shown.delete(key);
    }
    for (const key of this.#closed) {
      if (!keys.has(key)) this.#closed.delete(key);
    }
  }

  /** Draws the bars as they are now. */
  draw(now: number): void {
    for (const { key } of this.#visible()) {
      const shown = this.#shown.get(key);
      if (shown) this.#drawLane(shown, now);
    }
  }

  /** The row that was chosen, as it is now. */
  get selected(): Row | undefined {
    return this.#rows.find(({ key }) => key === this.#selected);
  }

  #visible(): Row[] {
    let below = Infinity;
    return this.#rows.filter(({ key, level }) => {
      if (level > below) return false;
      below = this.#closed.has(key) ? level : Infinity;
      return true;
    });
  }

  #update(row: Row): void {
    const shown = this.#shown.get(row.key) ?? this.#add(row);
    const { element, twist, name, state } = shown;
    shown.row = row;
    setText(twist, row.hasChildren ? "›" : "");
    setText(name, row.name);
    name.title = visible(row.path.join(" / "));
    setText(state, row.state);
    state.title = row.state;
    state.className = `state s-${row.state.replaceAll(/[^a-z-]/g, "")}${
      isBad(row.state) ? " bad" : ""
    }`;
    if (row.hasChildren) {
      element.setAttribute("aria-expanded", `${!this.#closed.has(row.key)}`);
    } else element.removeAttribute("aria-expanded");
    element.setAttribute("aria-selected", `${row.key === this.#selected}`);
  }

  #add(row: Row): Shown {
    const twist = make("span", "twist");
    twist.setAttribute("aria-hidden", "true");
    const name = make("b", "");
    const state = make("span", "state");
    const lane = make("div", "lane");
    const label = make("div", "name", twist, name);
    const isOfTasks = row.kind === "manager" || row.kind === "group";
    const element = make(
      "div",
      isOfTasks ? "row of-tasks" : "row",
      label,
      make("div", "cell", state),
    );
    element.append(lane);
    element.setAttribute("role", "row");
    for (const cell of element.children) cell.setAttribute("role", "gridcell");
    lane.tabIndex = -1;
    element.setAttribute("aria-level", `${row.level}`);
    element.style.setProperty("--level", `${row.level}`);
    element.tabIndex = -1;
    element.dataset.key = row.key;
    const shown = { element, twist, name, state, lane, row, bars: "" };
    this.#shown.set(row.key, shown);
    return shown;
  }

  #drawLane(shown: Shown, now: number): void {
    const { row, lane } = shown;
    const spans = withWaiting(row, now);
    const bars = spans.map((span) => this.#barOf(span, now))
      .filter(({ left, width }) => left < 100 && left + width > 0);
    if (row.toldAt !== null && row.spans.length > 0) {
      const left = this.#view.percent(row.toldAt);
      bars.push({ left, width: 0, className: "mark", title: "told to stop" });
    }
    const text = JSON.stringify(bars);
    if (text === shown.bars) return;
    shown.bars = text;
    lane.setAttribute("aria-label", labelOf(row));
    const old = [...lane.children];
    bars.forEach(({ left, width, className, title }, index) => {
      const existing = old[index];
      const bar = existing instanceof HTMLElement ? existing : make("i", "");
      bar.className = className;
      bar.title = title;
      bar.style.left = `${left}%`;
      bar.style.width = width > 0 ? `${width}%` : "";
      if (!existing) lane.append(bar);
    });
    for (const each of old.slice(bars.length)) each.remove();
  }

  #barOf({ phase, from, to, isBad }: Span, now: number) {
    const left = Math.max(-10, this.#view.percent(from));
    const right = Math.min(110, this.#view.percent(to ?? now));
    const className = `${phase}${to === null ? " now" : ""}${
      isBad ? " bad" : ""
    }`;
    return {
      left: round(left),
      width: round(Math.max(0, right - left)),
      className,
      title: phase,
    };
  }

  #click(event: MouseEvent): void {
    const { target } = event;
    if (!(target instanceof Element)) return;
    const key = target.closest<HTMLElement>(".row")?.dataset.key;
    const row = this.#rows.find((each) => each.key === key);
    if (!row) return;
    if (target.closest(".twist")) this.#toggle(row);
    else this.#choose(row);
    this.#focus(row.key, true);
  }

  #press(event: KeyboardEvent): void {
    const rows = this.#visible();
    const at = rows.findIndex(({ key }) => key === this.#focused);
    const row = rows[at];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const isClosed = this.#closed.has(row.key);
    const above = rows.slice(0, at)
      .findLast(({ level }) => level < row.level);
    const moves: Record<string, Row | undefined> = {
      ArrowDown: rows[at + 1],
      ArrowUp: rows[at - 1],
      Home: rows[0],
      End: rows.at(-1),
      ArrowLeft: above,
      ArrowRight: row.hasChildren ? rows[at + 1] : undefined,
    };
    if (event.key === "Enter" || event.key === " ") this.#choose(row);
    else if (event.key === "ArrowLeft" && row.hasChildren && !isClosed) {
      this.#toggle(row);
    } else if (event.key === "ArrowRight" && row.hasChildren && isClosed) {
      this.#toggle(row);
    } else if (event.key in moves) {
      this.#focus(moves[event.key]?.key ?? row.key, true);
    } else return;
    event.preventDefault();
  }

  #toggle({ key }: Row): void {
    if (!this.#closed.delete(key)) this.#closed.add(key);
    this.show(this.#rows, this.#view.to);
  }

  #choose(row: Row): void {
    this.#selected = row.key;
    for (const each of this.#visible()) this.#update(each);
    this.#chosen(row);
  }

  #focus(key: string, moves: boolean): void {
    const before = this.#shown.get(this.#focused)?.element;
    if (before) before.tabIndex = -1;
    this.#focused = key;
    const element = this.#shown.get(key)?.element;
    if (!element) return;
    element.tabIndex = 0;
    if (moves) element.focus();
  }
}

/** The stages, over a line that says since when the task is there. */
function withWaiting(row: Row, now: number): Span[] {
  const spans = [...row.spans];
  const drain = spans.find(({ phase }) => phase === "drain");
  const toldAt = row.toldAt === null
    ? Infinity
    : Math.max(row.toldAt, drain ? drain.to ?? now : 0);
  for (const { phase, from, to, isBad } of [...spans]) {
    if (phase !== "execute" || (to ?? now) <= toldAt) continue;
    spans.push({ phase: "told", from: Math.max(from, toldAt), to, isBad });
  }
  const [first] = spans;
  if (!first) return [];
  const isOver = spans.some(({ phase }) => phase === "cleanup") ||
    spans.every(({ to }) => to !== null) && isEnd(row.state);
  const to = isOver ? Math.max(...spans.map(({ to }) => to ?? now)) : null;
  return [{ phase: "waits", from: first.from, to, isBad: false }, ...spans];
}

function isEnd(state: string): boolean {
  return isBad(state) || state === "never-started";
}

function labelOf({ stages }: Row): string {
  const texts = stages.map(({ stage, outcome }) =>
    `${stage} ${outcome ?? "lasts"}`
  );
  return texts.join(", ") || "nothing yet";
}

function round(percent: number): number {
  return Math.round(percent * 100) / 100;
}
