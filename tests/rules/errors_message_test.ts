import { InvalidStateError, TaskContext, TaskManager } from "@goasync/core";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { untilStopped } from "../helpers/noting_task.ts";

/** An AggregateError as Node and Deno make one of a refused connection. */
function refused(...inner: unknown[]): AggregateError {
  return Object.assign(new AggregateError(inner), { code: "ECONNREFUSED" });
}

/** What throws when it is read. */
const hostile = {
  get(): never {
    throw new Error("Do not touch");
  },
};

const MESSAGES: readonly {
  readonly what: string;
  readonly thrown: unknown;
  readonly said: string;
}[] = [
  { what: "an Error", thrown: new Error("no disk"), said: "no disk" },
  { what: "a string", thrown: "no disk", said: "no disk" },
  {
    what: "an AggregateError without a message",
    thrown: refused(
      new Error("connect ECONNREFUSED ::1:5433"),
      new Error("connect ECONNREFUSED 127.0.0.1:5433"),
    ),
    said: "connect ECONNREFUSED ::1:5433",
  },
  {
    what: "an AggregateError with a message",
    thrown: new AggregateError([new Error("first")], "all of them failed"),
    said: "all of them failed",
  },
  {
    what: "an AggregateError whose first error has only a code",
    thrown: refused(Object.assign(new Error(), { code: "EPIPE" })),
    said: "EPIPE",
  },
  {
    what: "an AggregateError whose first error says nothing",
    thrown: refused(new Error()),
    said: "ECONNREFUSED",
  },
  {
    what: "an AggregateError of nothing, with a code",
    thrown: refused(),
    said: "ECONNREFUSED",
  },
  {
    what: "an AggregateError of nothing",
    thrown: new AggregateError([]),
    said: "AggregateError",
  },
  {
    what: "an AggregateError whose errors cannot be read",
    thrown: Object.defineProperty(new AggregateError([]), "errors", hostile),
    said: "AggregateError",
  },
  {
    what: "an object with a code",
    thrown: { code: "PGRST301" },
    said: "PGRST301",
  },
  {
    what: "an Error without a message, with a code",
    thrown: Object.assign(new Error(), { code: "ETIMEDOUT" }),
    said: "ETIMEDOUT",
  },
  {
    what: "an Error with a message and a code",
    thrown: Object.assign(new Error("too late"), { code: "ETIMEDOUT" }),
    said: "too late",
  },
  {
    what: "a DOMException without a message, whose code is a number",
    thrown: new DOMException("", "TimeoutError"),
    said: "TimeoutError",
  },
  {
    what: "an object with an empty code",
    thrown: { code: "" },
    said: "an instance of Object",
  },
  {
    what: "an Error without a message and a code",
    thrown: new TypeError(),
    said: "TypeError",
  },
  {
    what: "an object with a name",
    thrown: { name: "Odd", message: "" },
    said: "Odd",
  },
  {
    what: "an Error whose message cannot be read",
    thrown: Object.defineProperty(new Error(), "message", hostile),
    said: "Error",
  },
  {
    what: "an Error whose code cannot be read",
    thrown: Object.defineProperty(new RangeError(), "code", hostile),
    said: "RangeError",
  },
];

describe("the message of a TaskError", () => {
  for (const { what, thrown, said } of MESSAGES) {
    it(`of ${what} says ${said}`, async () => {
      const manager = new TaskManager();
      manager.addTask("database", {
        initialize: () => Promise.reject(thrown),
      });
      const [error] = await manager.runSettled();
      const message = `Task "database" failed in initialize: ${said}`;
      assertEquals(error?.message, message);
      assertEquals(error?.toJSON().cause, said);
      assertEquals(manager.report().stop?.reason, message);
    });
  }
});

/** Everything that moves a cursor, colours a terminal or reorders a line. */
const CONTROLS = [
  { control: "\x1b[31m", shown: "\\u001b[31m" },
  { control: "\n", shown: "\\n" },
  { control: "\r", shown: "\\u000d" },
  { control: "\t", shown: "\\u0009" },
  { control: "\0", shown: "\\u0000" },
  { control: "\x07", shown: "\\u0007" },
  { control: "\x7f", shown: "\\u007f" },
  { control: "\x9b2J", shown: "\\u009b2J" },
  { control: "\u2028", shown: "\\u2028" },
  { control: "\u202e", shown: "\\u202e" },
  { control: "\u2066", shown: "\\u2066" },
];

describe("control characters in a name", () => {
  for (const { control, shown } of CONTROLS) {
    const name = `a${control}b`;
    const escaped = `a${shown}b`;

    it(`are escaped as ${shown} in the errors of tasks and of runs`, async () => {
      const inner = new TaskManager();
      inner.addTask(name, { execute() {} });
      const manager = new TaskManager();
      manager.addTask(name, inner.asTask());
      const run = await assertRejects(() => manager.run(), AggregateError);
      const [error] = run.errors;
      for (const text of [run.message, error.message, String(error)]) {
        assert(text.includes(`"${escaped}/${escaped}"`), text);
        assert(!text.includes(control), text);
      }
      assert(error.stack.startsWith(`${error}`), error.stack);
      assertEquals(error.path, [name, name]);
    });

    it(`are escaped as ${shown} in the errors of calls`, async () => {
      const manager = new TaskManager();
      const calls = [
        () => manager.addTask(name, {}),
        () => manager.addExecuteTask(name, {} as never),
        () => manager.addTask(name, { drain() {} }, { type: name as never }),
        () => manager.addTask(name, { drain() {} }, { stopTimeout: -1 }),
        () => new TaskContext({ name }).note(5 as never),
      ];
      for (const call of calls) {
        const { message } = assertThrows(call, Error);
        assert(message.includes(escaped), message);
        assert(!message.includes(control), message);
      }
      await manager.stop();
      const { message } = assertThrows(
        () => manager.addExecuteTask(name, untilStopped),
        InvalidStateError,
        escaped,
      );
      assert(!message.includes(control), message);
    });

    it(`are escaped as ${shown} in what was thrown`, async () => {
      for (const thrown of [name, new Error(name), { code: name }]) {
        const manager = new TaskManager();
        manager.addExecuteTask("it", () => Promise.reject(thrown));
        const [error] = await manager.runSettled();
        assertEquals(error?.message, `Task "it" failed in execute: ${escaped}`);
        assertEquals(error?.toJSON().cause, escaped);
      }
    });
  }
});

describe("text that is no control character", () => {
  it("is left as it is", async () => {
    const name = 'Ünïcödé "quoted" \\ back/slash 🚀 日本';
    const manager = new TaskManager();
    manager.addExecuteTask(name, () => Promise.reject(new Error(name)));
    const [error] = await manager.runSettled();
    assertEquals(error?.message, `Task "${name}" failed in execute: ${name}`);
  });
});
