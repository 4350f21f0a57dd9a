import { TaskManager } from "@goasync/core";
import { assertEquals, assertInstanceOf } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";

const unreadable = {
  get name() {
    throw new Error("Do not touch");
  },
};

describe("the AbortError of a stop without a reason", () => {
  it("is a DOMException, as that of an AbortController is", async () => {
    let reason: unknown;
    const manager = new TaskManager();
    manager.addExecuteTask("it", async ({ signal, done }) => {
      await done;
      reason = signal.reason;
    });
    await running(manager);
    await manager.stop();
    assertInstanceOf(reason, DOMException);
    assertEquals(reason.name, "AbortError");
  });
});

describe("an AbortError that a stopped task throws", () => {
  it("is told by its name alone, and by nothing that cannot be read", async () => {
    for (
      const { thrown, errors: expected } of [
        { thrown: { name: "AbortError" }, errors: [] },
        { thrown: unreadable, errors: ["it execute FAILED"] },
        { thrown: null, errors: ["it execute FAILED"] },
        { thrown: { name: "aborterror" }, errors: ["it execute FAILED"] },
      ]
    ) {
      const manager = new TaskManager();
      manager.addExecuteTask(
        "it",
        ({ done }) => done.then(() => Promise.reject(thrown)),
      );
      const { errors } = await running(manager);
      await manager.stop();
      assertEquals(summary(await errors), expected);
    }
  });
});
