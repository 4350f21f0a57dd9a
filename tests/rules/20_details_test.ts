import { TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { running } from "../helpers/running.ts";

/** What a report has of details, and what their JSON says. */
async function reported(details: unknown): Promise<unknown> {
  const manager = new TaskManager();
  manager.addTask("it", {
    initialize: ({ note }) => note("it", details as Record<string, unknown>),
  });
  const { errors } = await running(manager);
  await manager.stop();
  assertEquals(await errors, []);
  const report = manager.report();
  assertEquals(structuredClone(report), report);
  assertEquals(JSON.parse(JSON.stringify(report)), report);
  return report.tasks[0]?.notes?.[0]?.details;
}

describe("rule 20: the details of a note", () => {
  it("are a copy in the report, which nothing changes later", async () => {
    const manager = new TaskManager();
    const details = { list: [1], nested: { deep: true } };
    manager.addTask("it", { initialize: ({ note }) => note("it", details) });
    await running(manager);
    details.list.push(2);
    details.nested.deep = false;
    const read = () => manager.report().tasks[0]?.notes?.[0]?.details;
    const copy = read();
    assertEquals(copy, { list: [1], nested: { deep: true } });
    copy!.list = "changed";
    assertEquals(read(), { list: [1], nested: { deep: true } });
    await manager.stop();
  });

  it("are plain data in the report, whatever they were", async () => {
    const cycle: Record<string, unknown> = {};
    cycle.cycle = cycle;
    const frozen = Object.freeze({ attempt: 3 });
    assertEquals(await reported(frozen), { attempt: 3 });
    assertEquals(await reported({}), {});
    assertEquals(
      await reported({
        error: new Error("refused"),
        callback: () => {},
        cycle,
        big: 5n,
        symbol: Symbol("odd"),
        missing: undefined,
        nothing: null,
        date: new Date(0),
        url: new URL("http://127.0.0.1:8000/"),
        withBig: { big: 5n },
        nested: { errors: [new RangeError()] },
      }),
      {
        error: "refused",
        callback: "an instance of Function",
        cycle: "an instance of Object",
        big: "5 (bigint)",
        symbol: "Symbol(odd) (symbol)",
        missing: "undefined",
        nothing: null,
        date: "1970-01-01T00:00:00.000Z",
        url: "http://127.0.0.1:8000/",
        withBig: "an instance of Object",
        nested: { errors: ["RangeError"] },
      },
    );
  });

  it("hurt nobody when they cannot be read", async () => {
    const hostile = new Proxy({}, {
      get() {
        throw new Error("Do not touch");
      },
      ownKeys() {
        throw new Error("Do not touch");
      },
    });
    const getter = {
      get broken() {
        throw new Error("Do not touch");
      },
    };
    assertEquals(await reported({ hostile }), { hostile: "an object" });
    assertEquals(await reported(hostile), {});
    assertEquals(await reported(getter), {});
  });

  it("may be left out as null or undefined", async () => {
    assertEquals(await reported(undefined), undefined);
    assertEquals(await reported(null), undefined);
  });
});
