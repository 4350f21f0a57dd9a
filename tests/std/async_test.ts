import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { delay } from "@std/async";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { countedSignal } from "../helpers/counted_signal.ts";

// What the demos rely on must hold for the original and for its stand-in.

describe("delay", () => {
  it("takes as long as it is told to, of fake time, too", async () => {
    using time = new FakeTime();
    let isOver = false;
    const over = delay(9.9).then(() => isOver = true);
    await time.tickAsync(8);
    await time.runMicrotasks();
    assertEquals(isOver, false);
    await time.tickAsync(1);
    await over;
    assertEquals(isOver, true);
  });

  it("takes no time if it is given none", async () => {
    using time = new FakeTime();
    const over = [delay(0), delay(-5), delay(NaN)];
    await time.tickAsync(0);
    await Promise.all(over);
  });

  it("rejects with the reason of a signal, and leaves no timer behind", async () => {
    using time = new FakeTime();
    const stop = new AbortController();
    const over = assertRejects(() => delay(10, stop));
    stop.abort();
    assertStrictEquals(await over, stop.signal.reason);
    assertEquals(time.next(), false);
  });

  it("rejects at once if the signal was aborted before", async () => {
    using time = new FakeTime();
    const signal = AbortSignal.abort("enough");
    const reason = await assertRejects(() => delay(10, { signal }));
    assertEquals([reason, time.next()], ["enough", false]);
  });

  it("leaves no listener behind when it is over", async () => {
    using time = new FakeTime();
    const { signal, listeners } = countedSignal();
    const over = delay(10, { signal });
    time.tick(10);
    await over;
    assertEquals(listeners(), 0);
  });
});
