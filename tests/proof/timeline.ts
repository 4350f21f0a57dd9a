import type {
  ManagerState,
  NoteEvent,
  Stage,
  TaskError,
  TaskOutcome,
  ToldEvent,
} from "@goasync/core";
import type { Heard, Moment } from "./played.ts";

/** A stage, as it was heard of. */
export interface HeardStage {
  readonly start: Moment;
  end?: Moment;
  outcome?: TaskOutcome;
  error?: TaskError | null;
}

/** What was heard of one manager or one task. */
export class Heardof {
  readonly states: Map<ManagerState, Moment> = new Map();
  readonly stages: { [Key in Stage]?: HeardStage } = {};
  readonly told: { readonly event: ToldEvent; readonly moment: Moment }[] = [];
  /** When it was cancelled, as a task. */
  readonly cancelled: Moment[] = [];
  readonly cutShort: Moment[] = [];
  readonly left: { readonly stage: Stage; readonly moment: Moment }[] = [];
  readonly notes: NoteEvent[] = [];
}

/** What was heard, by the path of whom it happened to. */
export class Timeline {
  readonly wrong: string[] = [];
  readonly #byPath = new Map<string, Heardof>();

  constructor(heard: readonly Heard[]) {
    for (const each of heard) this.#add(each);
  }

  of(path: readonly string[]): Heardof {
    return this.#at(path.join("/"));
  }

  get paths(): Iterable<string> {
    return this.#byPath.keys();
  }

  #at(path: string): Heardof {
    const known = this.#byPath.get(path);
    if (known) return known;
    const made = new Heardof();
    this.#byPath.set(path, made);
    return made;
  }

  #add({ event, moment, path }: Heard): void {
    const of = this.#at(path);
    const where = `"${path}" ${JSON.stringify(event.type)}`;
    switch (event.type) {
      case "state":
        if (of.states.has(event.state)) this.wrong.push(`${where} twice`);
        of.states.set(event.state, moment);
        break;
      case "stage-start":
        if (of.stages[event.stage]) this.wrong.push(`${where} twice`);
        of.stages[event.stage] = { start: moment };
        break;
      case "stage-end": {
        const stage = of.stages[event.stage];
        if (!stage || stage.end) {
          this.wrong.push(`${where} ${event.stage} ends without a start`);
          break;
        }
        stage.end = moment;
        stage.outcome = event.outcome;
        stage.error = event.error;
        break;
      }
      case "told":
        if (event.by === "cancel") of.cancelled.push(moment);
        else of.told.push({ event, moment });
        break;
      case "drain-cut-short":
        of.cutShort.push(moment);
        break;
      case "left-behind":
        of.left.push({ stage: event.stage, moment });
        break;
      case "note":
        of.notes.push(event);
    }
  }
}
