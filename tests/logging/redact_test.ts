import { TaskManager } from "@goasync/core";
import { logTo, type RedactRule } from "@goasync/core/logging";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeLogger } from "../helpers/fake_logger.ts";
import { runAndStop } from "../helpers/run_and_stop.ts";

/** What is logged of a note, and of an error. */
async function logged(
  redact: readonly RedactRule[],
  details: Record<string, unknown>,
  error?: unknown,
): Promise<FakeLogger> {
  const logger = new FakeLogger();
  const manager = new TaskManager();
  logTo(manager, logger, { redact });
  manager.addTask("it", {
    initialize: ({ note }) => note("at postgres://me:secret@db", details),
    cleanup: () => error === undefined ? undefined : Promise.reject(error),
  });
  await runAndStop(manager);
  return logger;
}

describe("logTo(), redact", () => {
  it("leaves out fields by their name, wherever they are", async () => {
    const details = {
      user: "me",
      password: "secret",
      headers: [{ Authorization: "Bearer 1", accept: "*/*" }, null],
      at: new Date(0),
    };
    const logger = await logged(["password", "authorization"], details);
    assertEquals(logger.dataOf("postgres")?.details, {
      user: "me",
      password: "[redacted]",
      headers: [{ Authorization: "[redacted]", accept: "*/*" }, null],
      at: new Date(0),
    });
    assertEquals(details.password, "secret");
  });

  for (const pattern of [/\w+:\w+(?=@)/, /\w+:\w+(?=@)/g]) {
    it(`leaves out what ${pattern} matches, in all texts`, async () => {
      const url = "redis://a:b@c, redis://d:e@f";
      const logger = await logged([pattern], { url, count: 1 });
      assertEquals(logger.of("info")[0], "it: at postgres://[redacted]@db");
      assertEquals(logger.dataOf("postgres")?.details, {
        url: "redis://[redacted]@c, redis://[redacted]@f",
        count: 1,
      });
    });
  }

  it("leaves them out of errors, of their causes and their stacks", async () => {
    const cause = Object.assign(new Error("No secret"), {
      config: { token: "1", url: "/secret" },
    });
    const error = new TypeError("A secret is not known", { cause });
    const logger = await logged([/secret/, "token"], {}, error);
    const data = logger.dataOf("failed in cleanup")!;
    assertEquals(logger.of("error"), [
      "it failed in cleanup: A [redacted] is not known",
    ]);
    const task = data.error as Error;
    const copy = task.cause as Error;
    const inner = copy.cause as Error & { config: unknown };
    assertEquals([task.name, copy.name], ["TaskError", "TypeError"]);
    assertEquals(copy.message, "A [redacted] is not known");
    assertEquals(inner.message, "No [redacted]");
    assertEquals(inner.config, { token: "[redacted]", url: "/[redacted]" });
    assertStringIncludes(copy.stack!, "    at ");
    assertEquals(copy.stack!.includes("secret"), false);
    assertEquals(String(data.stack).includes("secret"), false);
    assertEquals(error.message, "A secret is not known");
  });

  it("copes with an error whose name and cause are fields of its own", async () => {
    const error = Object.assign(new Error("A secret"), {
      name: "NoLuckError",
      cause: new Error("No secret"),
    });
    const logger = await logged([/secret/], {}, error);
    assertEquals(logger.of("error"), ["it failed in cleanup: A [redacted]"]);
    const { cause } = logger.dataOf("failed in cleanup")?.error as Error;
    assertEquals(String(cause), "NoLuckError: A [redacted]");
    assertEquals(String((cause as Error).cause), "Error: No [redacted]");
  });

  it("leaves out those fields of an error, too, that are not listed", async () => {
    const error = new Error("No luck", { cause: "secret" });
    const logger = await logged(["cause", "message"], {}, error);
    const task = logger.dataOf("failed in cleanup")?.error as Error;
    assertEquals([task.message, task.cause], ["[redacted]", "[redacted]"]);
    assertEquals(JSON.parse(JSON.stringify(task)).cause, "[redacted]");
  });

  it("keeps what is shown of an error that has a JSON or errors of its own", async () => {
    const inner = new Error("connect ECONNREFUSED, secret");
    const error = new AggregateError([inner]);
    const logger = await logged([/secret/], {}, error);
    const task = logger.dataOf("failed in cleanup")?.error as Error;
    const message =
      'Task "it" failed in cleanup: connect ECONNREFUSED, [redacted]';
    assertEquals(JSON.parse(JSON.stringify(task)), {
      name: "TaskError",
      message,
      code: "FAILED",
      stage: "cleanup",
      path: ["it"],
      cause: "connect ECONNREFUSED, [redacted]",
    });
    assertEquals(task.constructor.name, "TaskError");
    const { errors } = task.cause as AggregateError;
    assertEquals(errors.map(String), [
      "Error: connect ECONNREFUSED, [redacted]",
    ]);
  });

  it("makes plain what has its data in a Map, in a Set, or in its JSON", async () => {
    const details = {
      map: new Map<string, unknown>([["password", "1"], ["user", "me:1@"]]),
      set: new Set(["me:1@", 2]),
      url: new URL("redis://me:1@c/"),
      token: { toJSON: () => ({ password: 1, user: "me" }) },
    };
    const logger = await logged(["password", /\w+:\w+(?=@)/], details);
    assertEquals(logger.dataOf("postgres")?.details, {
      map: { password: "[redacted]", user: "[redacted]@" },
      set: ["[redacted]@", 2],
      url: "redis://[redacted]@c/",
      token: { password: "[redacted]", user: "me" },
    });
  });

  it("copes with what has a cycle, or no stack", async () => {
    const details: Record<string, unknown> = { a: 1 };
    details.self = details;
    const error = new Error("No luck");
    Object.defineProperty(error, "stack", { value: undefined });
    const logger = await logged(["b"], details, error);
    assertEquals(logger.dataOf("postgres")?.details, {
      a: 1,
      self: "[circular]",
    });
    assertEquals(logger.of("error"), ["it failed in cleanup: No luck"]);
  });

  it("has the line of what cannot be read, too, without that", async () => {
    const fail = () => {
      throw new Error("unreadable");
    };
    const getter = Object.defineProperty({ c: 1 }, "b", {
      get: fail,
      enumerable: true,
    });
    const proxy = new Proxy({}, { ownKeys: fail });
    const json = { toJSON: fail };
    const details = { a: "secret", getter, proxy, json };
    const error = Object.assign(new Error("No secret"), { toJSON: fail });
    const logger = await logged([/secret/], details, error);
    assertEquals(logger.dataOf("postgres")?.details, {
      a: "[redacted]",
      getter: { c: 1, b: "[unreadable]" },
      proxy: "[unreadable]",
      json: "[unreadable]",
    });
    assertEquals(logger.of("error"), ["it failed in cleanup: No [redacted]"]);
    const { cause } = logger.dataOf("failed in cleanup")?.error as Error;
    assertEquals(String(cause), "Error: No [redacted]");
    assertEquals(JSON.stringify(cause), '"[unreadable]"');

    const hostile = new Proxy(new Error("No secret"), { get: fail });
    const other = await logged([/secret/], {}, hostile);
    const task = other.dataOf("failed in cleanup")?.error as Error;
    assertEquals(task.cause, "[unreadable]");
  });

  it("leaves the data as they are where nothing is to be redacted", async () => {
    const details = { a: { b: 1 } };
    const logger = await logged([], details);
    assertEquals(logger.dataOf("postgres")?.details === details, true);
  });
});
