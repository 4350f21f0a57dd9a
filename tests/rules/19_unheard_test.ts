import { TaskManager } from "@goasync/core";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { logging } from "../helpers/logging.ts";

/** Counts what is made for events, until it is disposed of. */
class Counted {
  frozen = 0;
  clockReads = 0;
  readonly #freeze = Object.freeze;
  readonly #now = Date.now;

  constructor() {
    Object.freeze = (value: unknown) => {
      this.frozen++;
      return this.#freeze(value);
    };
    Date.now = () => {
      this.clockReads++;
      return this.#now();
    };
  }

  [Symbol.dispose](): void {
    Object.freeze = this.#freeze;
    Date.now = this.#now;
  }
}

describe("rule 19: while nobody listens", () => {
  /** What a run makes with a note, a drain, a cancel and a manager within. */
  async function madeBy(subscribed: (manager: TaskManager) => void) {
    const inner = new TaskManager();
    inner.addTask("leaf", logging([]));
    const manager = new TaskManager();
    subscribed(manager);
    manager.addTask("it", {
      ...logging([]),
      initialize: ({ note }) => note("hello", { details: 1 }),
    });
    manager.addTask("cancelled", logging([])).cancel();
    manager.addTask("inner", inner.asTask());
    using counted = new Counted();
    const errors = manager.runSettled();
    manager.addExecuteTask("stop", () => void manager.stop(), {
      type: "error",
    });
    assertEquals(await errors, []);
    return { frozen: counted.frozen, clockReads: counted.clockReads };
  }

  it("no event is made", async () => {
    const runs = 2; // Each says when it began.
    assertEquals(await madeBy(() => {}), { frozen: 0, clockReads: runs });
  });

  it("no event is made when all have left", async () => {
    const ended = (manager: TaskManager) => manager.subscribe(() => {})();
    assertEquals(await madeBy(ended), { frozen: 0, clockReads: 2 });
  });

  it("no event is made, which this test would see", async () => {
    const made = await madeBy((manager) => manager.subscribe(() => {}));
    assert(made.frozen > 20, `${made.frozen}`);
    assert(made.clockReads > 20, `${made.clockReads}`);
  });
});
