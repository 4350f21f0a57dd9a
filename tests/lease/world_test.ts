import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Machine, World } from "./world.ts";

describe("a machine of the model", () => {
  it("does what it has missed in the order in which that was due, however often it was frozen", async () => {
    using world = new World();
    const machine: Machine = {
      rate: 1,
      offset: 0,
      isDead: false,
      frozenUntil: 0,
      slept: 0,
    };
    const done: string[] = [];
    world.at(5, () => machine.frozenUntil = 20);
    world.at(10, () => done.push(`first at ${world.now}`), machine);
    world.at(15, () => machine.frozenUntil = 40);
    world.at(18, () => done.push(`second at ${world.now}`), machine);
    await world.passUntil(50);
    assertEquals(done, ["first at 40", "second at 40"]);
  });
});
