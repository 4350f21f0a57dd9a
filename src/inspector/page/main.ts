/// <reference lib="dom" />
import { showDuration } from "../../report/duration.ts";
import type { Story } from "../story.ts";
import { ask, type Connection, Live } from "./connection.ts";
import { byId, make, setText } from "./dom.ts";
import { showDetails, showErrors, showNotes, showWaiting } from "./panels.ts";
import { type Row, rowsOf } from "./rows.ts";
import { hasStory, save, savedPage, storyFrom, storyWithin } from "./save.ts";
import { Tree } from "./tree.ts";
import { ticksOf, View } from "./view.ts";

/** The page as it was before anything was shown. */
const source = `<!doctype html>\n${document.documentElement.outerHTML}`;

/** How often what lasts is drawn, in milliseconds. */
const FRAME = 250;

class Page {
  readonly #view = new View();
  readonly #tree = new Tree(byId("tree", HTMLElement), this.#view, () => {
    this.#showDetails();
    byId("details", HTMLElement).scrollIntoView({ block: "nearest" });
  });
  #story: Story | undefined;
  #rows: readonly Row[] = [];
  /** When the story came, and how long the run had lasted then. */
  #came = { at: 0, duration: 0 };

  start(): void {
    this.#listenToButtons();
    setInterval(() => this.#draw(), FRAME);
    if (hasStory()) return this.#openSaved();
    void new Live({
      told: (story, age) => this.#told(story, age),
      connection: (connection, text) => this.#connected(connection, text),
    }).listen();
  }

  /** Shows the story that this page was saved with, which goes on no more. */
  #openSaved(): void {
    try {
      this.#told(storyWithin(), 0);
      this.#came = { at: Infinity, duration: this.#came.duration };
      this.#connected("connecting", "A saved run");
      this.#draw();
    } catch (error) {
      this.#connected(
        "refused",
        `It cannot be shown: ${Object(error).message}`,
      );
    }
  }

  #told(story: Story, age: number): void {
    const duration = story.report.startedAt === null
      ? 0
      : story.report.state === "finished"
      ? story.report.duration
      : story.report.duration + age;
    this.#story = story;
    this.#came = { at: performance.now(), duration };
    this.#rows = rowsOf(story.report);
    const { state, stop } = story.report;
    const label = byId("state", HTMLElement);
    setText(label, state);
    const went = story.failures.length > 0;
    label.className = `state s-${state}${went ? " bad" : ""}`;
    document.title = `${state} · goasync inspector`;
    const told = byId("told", HTMLElement);
    told.hidden = !stop;
    if (stop) {
      const by = stop.taskName === null ? "" : ` by ${stop.taskName}`;
      setText(
        told,
        `Told to stop at ${showDuration(stop.at)}${by}: ${stop.reason}`,
      );
    }
    const isOver = state === "finished" || state === "idle";
    byId("stop", HTMLButtonElement).hidden = !story.control || isOver;
    showErrors(story, this.#rows);
    showNotes(this.#rows);
    this.#draw(true);
  }

  #connected(connection: Connection, text: string): void {
    const isOver = this.#story?.report.state === "finished";
    const element = byId("connection", HTMLElement);
    const isLost = connection === "refused" || connection === "lost" && !isOver;
    element.className = isLost ? "lost" : connection === "live" ? "live" : "";
    setText(
      element,
      connection === "lost" && isOver
        ? "The program has ended: its next run will be shown"
        : text,
    );
  }

  /** How long the run has lasted by now. */
  get #now(): number {
    const { at, duration } = this.#came;
    const state = this.#story?.report.state;
    if (!this.#story || state === "finished" || state === "idle") {
      return duration;
    }
    return duration +
      Math.max(0, performance.now() - at) * Number(isFinite(at));
  }

  #draw(isNew = false): void {
    if (!this.#story) return;
    const now = isFinite(this.#came.at) ? this.#now : this.#came.duration;
    this.#view.end = now;
    const { report } = this.#story;
    setText(byId("clock", HTMLElement), showDuration(now));
    showWaiting({ ...report, duration: now });
    if (isNew) this.#tree.show(this.#rows, now);
    else this.#tree.draw(now);
    this.#drawAxis();
    this.#showDetails();
  }

  #drawAxis(): void {
    const axis = byId("axis", HTMLElement);
    const { from, to } = this.#view;
    axis.replaceChildren(
      ...ticksOf(from, to, axis.clientWidth / 80).map((at) => {
        const tick = make("span", "", at === 0 ? "0 s" : showDuration(at));
        tick.style.left = `${this.#view.percent(at)}%`;
        return tick;
      }),
    );
    const scroll = byId("scroll", HTMLInputElement);
    scroll.disabled = this.#view.isWhole;
    scroll.value = `${this.#view.scrolled * 1000}`;
  }

  #showDetails(): void {
    const duration = this.#view.isWhole ? this.#view.to : this.#now;
    const cancel = (row: Row) =>
      void this.#ask(`cancel?${new URLSearchParams({ task: row.name })}`);
    const control = this.#story?.control ? cancel : undefined;
    showDetails(this.#tree.selected, duration, control);
  }

  async #ask(what: string): Promise<void> {
    const said = await ask(what).catch(() => "No connection");
    setText(byId("connection", HTMLElement), said);
  }

  #listenToButtons(): void {
    const onClick = (id: string, act: () => void) =>
      byId(id, HTMLElement).addEventListener("click", act);
    const change = (act: () => void) => () => {
      act();
      this.#draw();
    };
    const zoomIn = change(() => this.#view.zoom(0.5, 0.5));
    const zoomOut = change(() => this.#view.zoom(2, 0.5));
    const fit = change(() => this.#view.fit());
    onClick("zoom-in", zoomIn);
    onClick("zoom-out", zoomOut);
    onClick("zoom-fit", fit);
    onClick("stop", () => void this.#ask("stop"));
    onClick("save-html", () => {
      if (!this.#story) return;
      save("run.html", "text/html", savedPage(source, this.#story));
    });
    onClick("save-json", () => {
      if (!this.#story) return;
      save("run.json", "application/json", JSON.stringify(this.#story));
    });
    const scroll = byId("scroll", HTMLInputElement);
    scroll.addEventListener("input", () => {
      this.#view.scrolled = Number(scroll.value) / 1000;
      this.#draw();
    });
    const file = byId("open", HTMLInputElement);
    file.addEventListener("change", async () => {
      const [first] = file.files ?? [];
      if (!first) return;
      try {
        const text = savedPage(source, storyFrom(await first.text()));
        location.assign(
          URL.createObjectURL(new Blob([text], { type: "text/html" })),
        );
      } catch (error) {
        setText(byId("connection", HTMLElement), Object(error).message);
      }
    });
    const keys: Record<string, () => void> = {
      "+": zoomIn,
      "=": zoomIn,
      "-": zoomOut,
      "0": fit,
      "[": change(() => this.#view.scroll(-0.2)),
      "]": change(() => this.#view.scroll(0.2)),
    };
    addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (Object.hasOwn(keys, event.key)) keys[event.key]?.();
    });
    const tree = byId("tree", HTMLElement);
    tree.addEventListener("wheel", (event) => this.#wheel(event), {
      passive: false,
    });
    this.#dragIn(tree);
  }

  #wheel(event: WheelEvent): void {
    const lane = event.target instanceof Element &&
      event.target.closest(".lane");
    if (!lane) return;
    const { left, width } = lane.getBoundingClientRect();
    if (event.ctrlKey) {
      const share = (event.clientX - left) / width;
      this.#view.zoom(event.deltaY > 0 ? 1.25 : 0.8, share);
    } else if (event.deltaX !== 0 || event.shiftKey) {
      this.#view.scroll((event.deltaX || event.deltaY) / width);
    } else return;
    event.preventDefault();
    this.#draw();
  }

  /** Drags the timeline to and fro. */
  #dragIn(tree: HTMLElement): void {
    let last: { x: number; width: number } | undefined;
    tree.addEventListener("pointerdown", ({ target, clientX }) => {
      const lane = target instanceof Element && target.closest(".lane");
      if (lane) last = { x: clientX, width: lane.clientWidth };
    });
    addEventListener("pointermove", ({ clientX }) => {
      if (!last) return;
      this.#view.scroll((last.x - clientX) / last.width);
      last = { ...last, x: clientX };
      this.#draw();
    });
    addEventListener("pointerup", () => last = undefined);
  }
}

new Page().start();
