import { TaskError, TaskManager } from "@goasync/core";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";

class Database {}

/** Throws whatever is read of it. */
const hostile = new Proxy({}, {
  get() {
    throw new Error("Do not touch");
  },
});

const VALUES: { value: unknown; shown: string }[] = [
  { value: 'a "name"', shown: '"a \\"name\\""' },
  { value: null, shown: "null" },
  { value: 1.5, shown: "1.5 (number)" },
  { value: 2n, shown: "2 (bigint)" },
  { value: false, shown: "false (boolean)" },
  { value: Symbol("odd"), shown: "Symbol(odd) (symbol)" },
  { value: Database, shown: "an instance of Function" },
  { value: (() => () => {})(), shown: "an instance of Function" },
  { value: [1, 2, 3], shown: "an instance of Array" },
  { value: {}, shown: "an instance of Object" },
  { value: Object.create(null), shown: "an object" },
  { value: { constructor: undefined }, shown: "an object" },
  { value: new (class {})(), shown: "an instance of " },
  { value: new Database(), shown: "an instance of Database" },
  { value: new Date(0), shown: "an instance of Date" },
  {
    value: hostile,
    shown: "an object",
  },
];

const MESSAGES: { cause: unknown; shown: string }[] = [
  { cause: "plain text", shown: "plain text" },
  { cause: new Error("no disk"), shown: "no disk" },
  { cause: { message: "no disk" }, shown: "no disk" },
  { cause: new TypeError(), shown: "TypeError" },
  { cause: { message: 5, name: "Odd" }, shown: "Odd" },
  { cause: Database, shown: "Database" },
  { cause: { message: "" }, shown: "an instance of Object" },
  { cause: undefined, shown: "undefined" },
  { cause: null, shown: "null" },
  { cause: 404, shown: "404 (number)" },
];

describe("a value in a message about bad input", () => {
  for (const { value, shown } of VALUES) {
    it(`is shown as ${shown}`, () => {
      const manager = new TaskManager();
      const { message } = assertThrows(
        () =>
          manager.addTask("it", { execute: () => {} }, {
            type: value as never,
          }),
        TypeError,
      );
      assertEquals(message.split(": current value is ")[1], shown);
    });
  }
});

describe("what was thrown, in the message of a TaskError", () => {
  for (const { cause, shown } of MESSAGES) {
    it(`is shown as ${shown}`, () => {
      const { message } = new TaskError({
        taskName: "it",
        stage: "execute",
        taskType: "strict",
        code: "FAILED",
        cause,
      });
      assertEquals(message, `Task "it" failed in execute: ${shown}`);
    });
  }
});
