import { TaskManager } from "@goasync/core";
import { resource } from "@goasync/core/tasks/resource";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { running } from "../helpers/running.ts";

/** The message of the error that reading a value throws. */
function messageOf(read: () => unknown): string {
  return assertThrows(read, Error).message;
}

describe("the value of resource() cannot be read", () => {
  it("before it has a name", () => {
    const task = resource(() => 5);
    assertEquals(
      messageOf(() => task.value),
      'Cannot read the value of a resource as it must be open: current state is "never opened"',
    );
  });

  it("while it opens, and once it closes, which names the task", async () => {
    const opened = gate();
    const messages: string[] = [];
    const read = (): void => void messages.push(messageOf(() => task.value));
    const task = resource(() => opened.reached, read);
    const manager = new TaskManager();
    manager.addTask("database", task);
    const { errors } = await running(manager);
    read();
    opened.open();
    await manager.stop();
    read();
    assertEquals(await errors, []);
    assertEquals(
      messages,
      ["opening", "closed", "closed"].map((state) =>
        `Cannot read the value of resource "database" as it must be open: current state is "${state}"`
      ),
    );
  });

  it("when it has failed to open", async () => {
    const messages: string[] = [];
    const task = resource(() => Promise.reject("refused"));
    const manager = new TaskManager();
    manager.addTask("database", {
      initialize: (context) => task.initialize(context),
      async cleanup(context) {
        messages.push(messageOf(() => task.value));
        await task.cleanup(context);
      },
    });
    await manager.runSettled();
    assertEquals(
      messages,
      [
        'Cannot read the value of resource "database" as it must be open: current state is "failed to open"',
      ],
    );
  });
});
