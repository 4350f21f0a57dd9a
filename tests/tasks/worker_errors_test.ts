import { InvalidStateError, TaskError, TaskManager } from "@goasync/core";
import {
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { runInWorker, thrownThere } from "../helpers/worker_tasks.ts";

/** What is thrown there, which has to arrive as an error. */
async function errorThere(thrown: unknown): Promise<Error> {
  const arrived = await thrownThere(thrown);
  assertInstanceOf(arrived, Error);
  return arrived;
}

describe("an error of a task in a worker", () => {
  it("arrives with name, message, stack and code", async () => {
    class Refused extends Error {
      override name = "Refused";
      code = "ECONNREFUSED";
      socket = () => {};
    }
    const error = new Refused("no connection");
    const arrived = await errorThere(error);
    assertEquals(arrived === error, false);
    const { name, message, stack } = arrived;
    assertEquals({ name, message, stack }, {
      name: "Refused",
      message: "no connection",
      stack: error.stack,
    });
    assertEquals(Object(arrived).code, "ECONNREFUSED");
    assertEquals("cause" in arrived || "errors" in arrived, false);
    assertEquals(Object.keys(arrived), ["code"]);
  });

  it("is of the same class of the language", async () => {
    const classes = [
      Error,
      EvalError,
      RangeError,
      ReferenceError,
      SyntaxError,
      TypeError,
      URIError,
    ];
    for (const Class of classes) {
      const arrived = await errorThere(new Class("it"));
      assertStrictEquals(arrived.constructor, Class);
      assertEquals(Object.hasOwn(arrived, "name"), false);
    }
  });

  it("may be a DOMException", async () => {
    const error = new DOMException("too late", "TimeoutError");
    const arrived = await errorThere(error);
    assertInstanceOf(arrived, DOMException);
    assertEquals([arrived.name, arrived.message, arrived.code], [
      "TimeoutError",
      "too late",
      23,
    ]);
  });

  it("has its causes and its inner errors", async () => {
    const refused = Object.assign(new Error("refused"), { code: 111 });
    const error = new AggregateError([refused, "a string", refused], "both", {
      cause: new TypeError("first", { cause: { port: 1, seen: [undefined] } }),
    });
    const arrived = await errorThere(error) as AggregateError;
    assertInstanceOf(arrived, AggregateError);
    const [first, second, third] = arrived.errors;
    assertEquals([first.message, first.code, second], [
      "refused",
      111,
      "a string",
    ]);
    assertStrictEquals(first, third);
    const cause = arrived.cause as Error;
    assertInstanceOf(cause, TypeError);
    assertEquals(cause.cause, { port: 1, seen: [undefined] });
    assertEquals(Object.keys(arrived), []);
  });

  it("may have inner errors without being an AggregateError", async () => {
    const error = Object.assign(new Error("several"), {
      errors: [new RangeError("one")],
    });
    const arrived = await errorThere(error);
    assertInstanceOf(Object(arrived).errors[0], RangeError);
  });

  it("may be a cause of itself", async () => {
    const error: Error = new Error("round");
    const inner = new AggregateError([error], "and round", { cause: error });
    error.cause = inner;
    const arrived = await errorThere(error);
    const cause = arrived.cause as AggregateError;
    assertEquals(cause.message, "and round");
    assertStrictEquals(cause.cause, arrived);
    assertStrictEquals(cause.errors[0], arrived);
  });

  it("may have no end of causes", async () => {
    class Endless extends Error {
      override get cause(): unknown {
        return new Endless("again");
      }
    }
    let error: unknown = await thrownThere(new Endless("again"));
    let depth = 0;
    for (; error instanceof Error; error = error.cause) depth++;
    assertEquals(depth, 1_000);
    assertEquals(error, "again");
  });

  it("may be a long chain", async () => {
    let chain = new Error("0");
    for (let n = 1; n < 900; n++) chain = new Error(`${n}`, { cause: chain });
    let error: unknown = await thrownThere(chain);
    let depth = 0;
    for (; error instanceof Error; error = error.cause) depth++;
    assertEquals(depth, 900);
  });

  it("is a TaskError with its path where a manager runs there", async () => {
    const lost = Object.assign(new Error("lost"), { code: "LOST" });
    const innermost = new TaskManager();
    innermost.addTask("consumer", {
      execute() {
        throw lost;
      },
    });
    innermost.addTask("sender", {
      execute: () => Promise.reject(new Error("stuck")),
    });
    const inner = new TaskManager();
    inner.addTask("payments", innermost.asTask());
    using run = await runInWorker({ create: () => inner });
    const [error] = await run.errors;
    assertEquals(error?.path, ["it", "payments", "consumer"]);
    assertEquals(
      error?.message,
      'Task "it/payments/consumer" failed in execute: lost (and 1 more)',
    );
    assertStringIncludes(error!.stack!, lost.stack!);
    const { errors: [payments] } = error!.cause as AggregateError;
    assertInstanceOf(payments, TaskError);
    const { errors: [consumer, stuck] } = payments.cause as AggregateError;
    assertEquals(consumer.toJSON(), {
      name: "TaskError",
      message: 'Task "consumer" failed in execute: lost',
      code: "FAILED",
      stage: "execute",
      path: ["consumer"],
      cause: "lost",
    });
    assertEquals(consumer.cause.code, "LOST");
    assertEquals([stuck.taskName, stuck.cause.message], ["sender", "stuck"]);
  });

  it("is a TaskError without a cause", async () => {
    const error = new TaskError({
      taskName: "inner",
      stage: "execute",
      taskType: "strict",
      code: "UNEXPECTED_STOP",
    });
    const arrived = await errorThere(error) as TaskError;
    assertEquals(arrived.toJSON(), error.toJSON());
    assertEquals("cause" in arrived, false);
  });

  it("is a TaskError, too, that is in itself", async () => {
    const cause = new Error("round");
    const error = new TaskError({
      taskName: "inner",
      stage: "execute",
      taskType: "strict",
      code: "FAILED",
      cause,
    });
    cause.cause = error;
    const arrived = await errorThere(error) as TaskError;
    assertEquals(arrived.message, error.message);
    assertStrictEquals((arrived.cause as Error).cause, arrived);
    const outer = await errorThere(cause);
    assertEquals((outer.cause as TaskError).taskName, "inner");
  });

  it("may be hostile", async () => {
    const hostile = new Error("it");
    hostile.stack; // Which Node 20 makes with the name when it is read first.
    Object.defineProperties(hostile, {
      name: { get: () => fail() },
      message: { get: () => fail() },
      stack: { value: 7 },
      cause: { get: () => fail() },
      errors: { value: "none" },
      code: { value: {} },
    });
    const { name, message, stack, cause } = await errorThere(hostile);
    assertEquals({ name, message, stack, cause }, {
      name: "Error",
      message: "",
      stack: "Error: ",
      cause: undefined,
    });
  });

  it("may throw whatever is asked of it", async () => {
    const traps = [
      { has: fail },
      { getPrototypeOf: once(Error.prototype) },
      { get: (error: Error, key: "stack") => error[key] ?? fail(), has: fail },
    ];
    for (const trap of traps) {
      const hostile = new Proxy(new Error("hostile"), trap);
      const { name, message, stack } = await errorThere(hostile);
      assertEquals({ name, message, stack }, {
        name: "Error",
        message: "hostile",
        stack: "Error: hostile",
      });
    }
    const errors: unknown[] = [];
    Object.defineProperty(errors, 0, { get: fail });
    const outer = Object.assign(new Error("it"), { errors });
    const { message } = await errorThere(outer);
    assertEquals([message, "errors" in outer], ["it", true]);
  });

  it("has a message that was changed", async () => {
    const error = new InvalidStateError("old", { state: "idle" });
    error.message = "new";
    const { name, message } = await errorThere(error);
    assertEquals([name, message], ["InvalidStateError", "new"]);
  });
});

describe("what a task in a worker throws", () => {
  it("may be anything that can be copied", async () => {
    for (const thrown of [undefined, null, 0, "text", 1n, { a: [1] }]) {
      assertEquals(await thrownThere(thrown), thrown);
    }
  });

  it("arrives as its message if it cannot be copied", async () => {
    const proxy = new Proxy({}, {
      getPrototypeOf: () => fail(),
      get: () => fail(),
    });
    for (
      const [thrown, message] of [
        [() => {}, "an instance of Function"],
        [Symbol("it"), "Symbol(it) (symbol)"],
        [{ message: "refused", socket: () => {} }, "refused"],
        [proxy, "an object"],
      ]
    ) {
      assertEquals(await thrownThere(thrown), message);
    }
  });
});

/** Gives something the first time that it is asked, and then throws. */
function once<Value>(value: Value): () => Value {
  let isAsked = false;
  return () => {
    if (isAsked) fail();
    isAsked = true;
    return value;
  };
}

function fail(): never {
  throw new Error("a getter throws");
}
