import { TaskManager } from "@goasync/core";
import { FakeTaskManager } from "@goasync/core/testing";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";

describe("a stop by an error of no task", () => {
  it("is named so in the event and in the report", async () => {
    const manager = new TaskManager();
    const heard: unknown[] = [];
    manager.subscribe((event) => {
      if (event.type === "told") heard.push([event.by, event.reason]);
    });
    const run = manager.run();
    const lost = new Error("lost");
    await manager.stop(lost, { by: "stray" });
    await run;
    assertEquals(heard, [["stray", lost]]);
    const { stop } = manager.report();
    assertEquals([stop?.by, stop?.taskName, stop?.reason], [
      "stray",
      null,
      "lost",
    ]);
  });

  it("is recorded, and changes nothing, when a stop has begun", async () => {
    const manager = new TaskManager();
    const run = manager.run();
    void manager.stop("enough");
    void manager.stop("more than that");
    for (let time = 0; time < 25; time++) {
      void manager.stop(`lost ${time}`, { by: "stray", drain: time % 2 === 0 });
    }
    await run;
    const { stop, laterStops } = manager.report();
    assertEquals(stop?.by, "stop");
    assertEquals(laterStops?.length, 20);
    assertEquals(laterStops?.[19]?.reason, "lost 19");
  });

  for (const manager of [new TaskManager(), new FakeTaskManager()]) {
    it(`is a TypeError by anything else: ${manager.constructor.name}`, async () => {
      const attempt = async () =>
        // deno-lint-ignore no-explicit-any
        await manager.stop("enough", { by: "task" as any });
      let error: unknown;
      await attempt().catch((thrown) => error = thrown);
      assertThrows(
        () => {
          throw error;
        },
        TypeError,
        `Cannot stop a TaskManager as 'by' must be "stop" or "stray": current value is "task"`,
      );
      assertEquals(manager.state, "idle");
    });
  }
});
