import { TaskError, TaskManager } from "@goasync/core";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";

function openPort(): never {
  throw new Error("The port is in use");
}

/** A task in that many managers, each in the next, throws. */
function failing(depth: number, execute: () => unknown): TaskManager {
  const manager = new TaskManager();
  if (depth === 1) manager.addExecuteTask("leaf", execute);
  else manager.addExecuteTask("inner", failing(depth - 1, execute));
  return manager;
}

/** The error of the outermost of so many managers. */
async function errorAt(
  depth: number,
  execute: () => unknown = openPort,
): Promise<TaskError> {
  const [error] = await failing(depth, execute).runSettled();
  return error!;
}

/** What was thrown by the innermost task. */
function thrownIn(error: TaskError): unknown {
  let { cause } = error;
  while (cause instanceof AggregateError) ({ cause } = cause.errors[0]);
  return cause;
}

/** How often a stack comes in a text. */
function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

describe("the stack of a TaskError", () => {
  it("is its message alone where its cause has that of the throw", async () => {
    const error = await errorAt(1);
    assertEquals(error.stack, `${error}`);
    assertInstanceOf(error.cause, Error);
    assert(error.cause.stack!.includes("openPort"), error.cause.stack);
  });

  for (const depth of [2, 3, 6, 100]) {
    it(`ends with that of the throw, in ${depth} managers, once`, async () => {
      const error = await errorAt(depth);
      const thrown = thrownIn(error);
      assertInstanceOf(thrown, Error);
      assertEquals(error.stack, `${error}\n${thrown.stack}`);
      assertEquals(count(error.stack!, thrown.stack!), 1);
    });
  }

  it("is its message alone where what was thrown within has no stack", async () => {
    const hostile = Object.defineProperty(new Error("odd"), "stack", {
      get() {
        throw new Error("Do not touch");
      },
    });
    for (const thrown of ["text", undefined, null, { stack: 5 }, hostile]) {
      const error = await errorAt(2, () => Promise.reject(thrown));
      assertEquals(error.stack, `${error}`);
    }
  });

  it("is its message alone where a strict task returned", async () => {
    const error = await errorAt(2, () => {});
    assertEquals(error.stack, `${error}`);
  });

  it("is no property that is listed", async () => {
    for (const depth of [1, 3]) {
      assertEquals(Object.keys(await errorAt(depth)), []);
    }
  });
});

/** What the console of a runtime asks an object to show of itself. */
const INSPECTORS = [
  {
    runtime: "Deno",
    show: (value: object, inspect: (value: unknown) => string) =>
      call(value, "Deno.customInspect", [inspect, {}]),
  },
  {
    runtime: "Node and Bun",
    show: (value: object, inspect: (value: unknown) => string) =>
      call(value, "nodejs.util.inspect.custom", [2, {}, inspect]),
  },
];

function call(value: object, name: string, args: unknown[]): unknown {
  const own: unknown = Reflect.get(value, Symbol.for(name));
  return typeof own === "function" ? own.apply(value, args) : undefined;
}

/** Shows a list of errors by their messages. */
function inspect(errors: unknown): string {
  return (errors as Error[]).map(({ message }) => message).join(" and ");
}

describe("what an inspector is told of a TaskError", () => {
  for (const { runtime, show } of INSPECTORS) {
    it(`is nothing special on ${runtime} where its cause is what was thrown`, async () => {
      assertEquals(show(await errorAt(1), inspect), undefined);
    });

    it(`is what failed within on ${runtime}, each once, whatever the depth`, async () => {
      const leaf = 'Task "leaf" failed in execute: The port is in use';
      for (const depth of [2, 3, 100]) {
        const error = await errorAt(depth);
        assertEquals(show(error, inspect), `${error} ${leaf}`);
      }
    });

    it(`is everything that failed within on ${runtime}`, async () => {
      const inner = new TaskManager();
      for (const name of ["a", "b"]) {
        inner.addTask(name, {
          execute: untilStopped,
          cleanup: () => Promise.reject(new Error(`${name} is locked`)),
        });
      }
      const middle = new TaskManager();
      middle.addExecuteTask("inner", inner);
      const manager = new TaskManager();
      manager.addExecuteTask("middle", middle);
      const { errors } = await running(manager);
      await manager.stop();
      const [error] = await errors;
      assertEquals(
        show(error!, inspect),
        'TaskError: Task "middle/inner/b" failed in cleanup: b is locked (and 1 more) ' +
          'Task "b" failed in cleanup: b is locked and ' +
          'Task "a" failed in cleanup: a is locked',
      );
    });
  }
});

describe("the AggregateError of a run", () => {
  it("has every error in order, and the message of the first", async () => {
    const manager = new TaskManager();
    for (const name of ["a", "b", "c"]) {
      manager.addExecuteTask(name, () => Promise.reject(new Error(name)));
    }
    const error = await assertRejects(() => manager.run(), AggregateError);
    assertEquals(error.name, "AggregateError");
    assertEquals(
      error.message,
      'Task "a" failed in execute: a (and 2 more)',
    );
    for (const each of error.errors) assertInstanceOf(each, TaskError);
    assertEquals(
      error.errors.map(({ taskName }: TaskError) => taskName),
      ["a", "b", "c"],
    );
  });
});
