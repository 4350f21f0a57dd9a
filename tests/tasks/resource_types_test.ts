import { TaskManager } from "@goasync/core";
import { type Resource, resource } from "@goasync/core/tasks/resource";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Equals } from "../helpers/types.ts";

interface Pool {
  query(text: string): Promise<string[]>;
  end(): Promise<void>;
}

const pool: Pool = {
  query: (text) => Promise.resolve([text]),
  end: () => Promise.resolve(),
};

describe("the type of resource()", () => {
  it("is inferred from what open returns, at once or later", async () => {
    const later = resource(async ({ signal }) => {
      await Promise.resolve(signal);
      return pool;
    }, (value) => value.end());
    const atOnce = resource(
      () => pool,
      (value, { name }) => [value.end(), name],
    );
    const either = resource((): Pool | Promise<Pool> => pool);
    const optional = resource((): string | undefined => "text");
    const checks: [
      Equals<typeof later, Resource<Pool>>,
      Equals<typeof atOnce, Resource<Pool>>,
      Equals<typeof either, Resource<Pool>>,
      Equals<typeof optional.value, string | undefined>,
    ] = [true, true, true, true];
    assertEquals(checks.length, 4);

    const manager = new TaskManager();
    manager.addTask("later", later);
    manager.addExecuteTask("query", async () => {
      const rows: string[] = await later.value.query("SELECT 1");
      manager.stop(rows[0]);
    });
    assertEquals(await manager.runSettled(), []);
  });

  it("gives close and drain what open returns", () => {
    const options = { drain: (value: Pool) => value.query("COMMIT") };
    resource(() => Promise.resolve(pool), (value) => value.end(), options);
    resource(() => Promise.resolve(pool), undefined, {
      drain: (value, { signal }) => [value.query("COMMIT"), signal.aborted],
    });
  });

  it("rejects nonsense", () => {
    // Never called: it is about what the compiler says.
    const nonsense = () => {
      // @ts-expect-error a pool has no such method
      resource(() => pool, (value) => value.close());
      // @ts-expect-error close is a function
      resource(() => pool, { drain() {} });
      // @ts-expect-error close takes what was opened
      resource(() => pool, (value: string) => value);
      // @ts-expect-error there is no such option
      resource(() => pool, undefined, { darin: () => {} });
      // @ts-expect-error drain takes what was opened
      resource(() => pool, undefined, { drain: (value: string) => value });
      // @ts-expect-error the value is read only
      resource(() => pool).value = pool;
      // @ts-expect-error the value is a pool
      resource(() => pool).value satisfies string;
      // @ts-expect-error it executes nothing
      new TaskManager().addExecuteTask("it", resource(() => pool));
    };
    assertEquals(typeof nonsense, "function");
  });
});
