import { isFunction, wrong } from "../arguments.ts";
import type {
  ManagerEvent,
  StageEndEvent,
  StageStartEvent,
} from "../events.ts";
import type { ObservedManager } from "../manager_types.ts";
import { tellsOfRestart } from "../note_kinds.ts";
import { TaskPaths } from "../task_paths.ts";
import type { Attributes, Meter } from "./api.ts";
import { ERROR_TYPE, errorTypeOf, OUTCOME, PATH, STAGE } from "./attributes.ts";
import { type Instruments, instrumentsOf } from "./instruments.ts";

const ACTION = "measure a TaskManager";

/**
 * Measures what a manager does, and the managers within it:
 *
 * | instrument                  | what it measures                                |
 * | --------------------------- | ----------------------------------------------- |
 * | `goasync.task.active`       | up-down counter: tasks that execute             |
 * | `goasync.task.restart`      | counter: restarts that tasks have noted         |
 * | `goasync.stage.duration`    | histogram, in seconds: how long stages took     |
 * | `goasync.drain.cut_short`   | counter: drains that had not ended in time      |
 * | `goasync.task.left_behind`  | counter: tasks that were not waited for         |
 *
 * Their attributes are `goasync.task.path`, the names that lead to a task, but
 * for execute tasks, whose names may be as many as they are; with a duration
 * `goasync.stage`, `goasync.outcome`, and, if the stage failed, `error.type`,
 * which is the code or the name of what was thrown.
 *
 * The meter is that of `@opentelemetry/api` 1, from an SDK or built into Deno.
 *
 * @example With a meter
 * ```ts ignore
 * import { metrics } from "@opentelemetry/api";
 * import { TaskManager } from "@goasync/core";
 * import { measureWith } from "@goasync/core/otel";
 *
 * const manager = new TaskManager();
 * measureWith(manager, metrics.getMeter("shop"));
 * ```
 *
 * @example What is measured
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { measureWith, type Meter } from "@goasync/core/otel";
 * import { assertEquals } from "@std/assert";
 *
 * const log: string[] = [];
 * const counter = (name: string) => ({
 *   add: (value: number) => log.push(`${name} ${value}`),
 * });
 * const meter: Meter = {
 *   createCounter: counter,
 *   createUpDownCounter: counter,
 *   createHistogram: () => ({ record() {} }),
 * };
 *
 * const manager = new TaskManager();
 * const unsubscribe = measureWith(manager, meter);
 * manager.addTask("api", { execute: () => void manager.stop() });
 * await manager.run();
 * unsubscribe();
 * assertEquals(log, ["goasync.task.active 1", "goasync.task.active -1"]);
 * ```
 *
 * @param manager The manager. Of one that runs already, what begins from now on
 * is measured.
 * @param meter What it is measured with.
 * @returns What ends it; what is active then is not counted any more.
 * @throws {TypeError} If the manager or the meter lacks a method.
 */
export function measureWith(
  manager: ObservedManager,
  meter: Meter,
): () => void {
  check(manager, meter);
  const measures = new Measures(instrumentsOf(meter));
  const unsubscribe = manager.subscribe((event) => measures.hear(event));
  return () => {
    unsubscribe();
    measures.end();
  };
}

function check(manager: ObservedManager, meter: Meter): void {
  if (!isFunction(Object(manager).subscribe)) {
    throw wrong(ACTION, "it must be given a TaskManager", manager);
  }
  const { createCounter, createUpDownCounter, createHistogram } = Object(meter);
  const methods = [createCounter, createUpDownCounter, createHistogram];
  if (methods.every(isFunction)) return;
  const expected =
    "the meter must have the methods createCounter, createUpDownCounter and createHistogram";
  throw wrong(ACTION, expected, meter);
}

/** What is measured of each event. */
class Measures {
  readonly #instruments: Instruments;
  /** How many tasks are active, by the attributes that they are counted with. */
  readonly #active = new Map<string, number>();
  readonly #tasks = new TaskPaths();

  constructor(instruments: Instruments) {
    this.#instruments = instruments;
  }

  hear(event: ManagerEvent): void {
    this.#tasks.hear(event);
    switch (event.type) {
      case "stage-start":
        return this.#start(event);
      case "stage-end":
        return this.#end(event);
      case "drain-cut-short":
        return this.#instruments.cutShort.add(
          1,
          attributesOf(this.#pathOf(event)),
        );
      case "left-behind": {
        const attributes = {
          ...attributesOf(this.#pathOf(event)),
          [STAGE]: event.stage,
        };
        return this.#instruments.leftBehind.add(1, attributes);
      }
      case "note":
        if (!tellsOfRestart(event.message)) return;
        return this.#instruments.restart.add(
          1,
          attributesOf(this.#pathOf(event)),
        );
    }
  }

  /** Nobody is active any more, as far as this can tell. */
  end(): void {
    for (const [path, count] of this.#active) this.#count(path, -count);
  }

  #start(event: StageStartEvent): void {
    const path = this.#pathOf(event);
    if (event.stage === "execute") this.#count(path, 1);
  }

  #end(event: StageEndEvent): void {
    const { stage, outcome, duration, error } = event;
    const path = this.#pathOf(event);
    if (duration === null) return; // It began before anybody listened.
    if (stage === "execute" && this.#active.has(path)) this.#count(path, -1);
    this.#instruments.duration.record(duration / 1_000, {
      ...attributesOf(path),
      [STAGE]: stage,
      [OUTCOME]: outcome,
      ...error && { [ERROR_TYPE]: errorTypeOf(error.cause ?? error) },
    });
  }

  /** The path of a task; empty for that of an execute task. */
  #pathOf(event: ManagerEvent): string {
    return this.#tasks.isOfTask(event) ? event.path.join("/") : "";
  }

  #count(path: string, change: number): void {
    const count = (this.#active.get(path) ?? 0) + change;
    if (count > 0) this.#active.set(path, count);
    else this.#active.delete(path);
    this.#instruments.active.add(change, attributesOf(path));
  }
}

function attributesOf(path: string): Attributes {
  return path === "" ? {} : { [PATH]: path };
}
