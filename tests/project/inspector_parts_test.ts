import { type Report, TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import * as fc from "npm:fast-check@4";
import {
  changesBetween,
  type Data,
  withChanges,
} from "../../src/inspector/changes.ts";
import { rowsOf } from "../../src/inspector/page/rows.ts";
import { isSame } from "../../src/inspector/token.ts";
import { trial } from "../proof/seed.ts";

const EMPTY: Report = new TaskManager().report();

describe("the changes between two stories", () => {
  it("made, give the later one, and are none between equal ones", () => {
    const data = fc.jsonValue() as fc.Arbitrary<Data>;
    const property = fc.property(data, data, (before, after) => {
      const changes = changesBetween(before, after);
      const made = changes ? withChanges(before, changes) : before;
      assertEquals(JSON.stringify(sorted(made)), JSON.stringify(sorted(after)));
      assertEquals(changesBetween(after, structuredClone(after)), undefined);
    });
    fc.assert(property, trial(100));
  });
});

describe("changes", () => {
  for (
    const [what, before, after, changes] of [
      ["another value", 1, "a", { value: "a" }],
      ["another kind", [1], { a: 1 }, { value: { a: 1 } }],
      ["nothing before", undefined, [], { value: [] }],
      ["a new field", { a: 1 }, { a: 1, b: 2 }, {
        fields: { b: { value: 2 } },
      }],
      ["a field that is gone", { a: 1 }, {}, { fields: {}, gone: ["a"] }],
      ["a field within", { a: { b: 1, c: 1 } }, { a: { b: 2, c: 1 } }, {
        fields: { a: { fields: { b: { value: 2 } } } },
      }],
      ["a new item", [1], [1, 2], { length: 2, items: { 1: { value: 2 } } }],
      ["an item that is gone", [1, 2], [1], { length: 1, items: {} }],
      ["the same", { a: [1, null] }, { a: [1, null] }, undefined],
    ] as const
  ) {
    it(`are no more than ${what}`, () => {
      const found = changesBetween(before, after);
      assertEquals(found, changes);
      assertEquals(found ? withChanges(before, found) : before, after);
    });
  }

  it("leave no field behind, whatever it is called", () => {
    for (const name of ["constructor", "toString", "__proto__"]) {
      const before = JSON.parse(`{ "${name}": 1, "x": 1 }`);
      const changes = changesBetween(before, { x: 1 });
      assertEquals(changes, { fields: {}, gone: [name] });
      const after = withChanges(before, { fields: {}, gone: [name] });
      assertEquals(JSON.stringify(after), '{"x":1}');
    }
  });

  it("make what they can of what they do not fit", () => {
    const items = { length: 1, items: { 0: { value: 5 } } };
    assertEquals(withChanges(undefined, items), [5]);
    const fields = { fields: { a: { value: 5 } }, gone: ["b"] };
    assertEquals(withChanges(null, fields), { a: 5 });
  });
});

describe("a manager within a task, in the timeline,", () => {
  const HOUR = 3_600_000;

  /** The rows of a manager within, by when the clock says that it has started. */
  const rowsWith = (...starts: number[]) => {
    const inner = (startedAt: number): Report => ({
      ...EMPTY,
      state: "executing",
      startedAt,
      duration: 60,
      tasks: [{
        name: "consumer",
        type: "strict",
        state: "executing",
        stages: [],
      }],
    });
    return rowsOf({
      ...EMPTY,
      state: "executing",
      startedAt: HOUR,
      duration: 100,
      tasks: [{
        name: "payments",
        type: "strict",
        state: "executing",
        stages: [{
          stage: "execute",
          startedAt: 20,
          endedAt: null,
          outcome: null,
        }],
        managers: starts.map(inner),
      }],
    });
  };

  it("starts when the clock says", () => {
    const [, , row] = rowsWith(HOUR + 30);
    assertEquals([row?.kind, row?.offset], ["manager", 30]);
  });

  it("starts within its task, whatever the clock was set to", () => {
    assertEquals(rowsWith(0)[2]?.offset, 20);
    assertEquals(rowsWith(3 * HOUR)[2]?.offset, 40);
  });

  it("has a row of its own beside one that started with it", () => {
    const rows = rowsWith(HOUR + 30, HOUR + 30);
    assertEquals(rows.length, 6);
    assertEquals(new Set(rows.map(({ key }) => key)).size, 6);
  });
});

describe("a token is compared", () => {
  it("to its end, whatever differs, so that the time tells nothing", () => {
    const expected = [1, 2, 3, 4];
    for (
      const given of [[1, 2, 3, 4], [9, 2, 3, 4], [1, 2, 3, 9], [], [
        1,
        2,
        3,
        4,
        5,
      ]]
    ) {
      const read: string[] = [];
      const watched = new Proxy(expected, {
        get(target, key) {
          if (key !== "length") read.push(String(key));
          return Reflect.get(target, key);
        },
      });
      assertEquals(isSame(given, watched), `${given}` === `${expected}`);
      assertEquals(read, ["0", "1", "2", "3"]);
    }
  });
});

/** The data with the keys of objects in one order. */
function sorted(data: Data): Data {
  if (Array.isArray(data)) return data.map(sorted);
  if (data === null || typeof data !== "object") return data;
  return Object.fromEntries(
    Object.entries(data).sort(([a], [b]) => a < b ? -1 : 1)
      .map(([key, value]) => [key, sorted(value as Data)]),
  );
}
