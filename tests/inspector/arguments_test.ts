import { TaskManager } from "@goasync/core";
import { inspector } from "@goasync/core/inspector";
import { runMain } from "@goasync/core/main";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { MainTest, serving } from "../helpers/main_run.ts";

const manager = new TaskManager();

/** Calls it as from JavaScript. */
const inspectAny = inspector as (...args: unknown[]) => unknown;
const runAny = runMain as (...args: unknown[]) => Promise<unknown>;

describe("inspector()", () => {
  for (
    const [what, args, message] of [
      [
        "no manager",
        [undefined],
        "it must be given a TaskManager: current value is undefined",
      ],
      [
        "what has no report",
        [{ subscribe() {} }],
        "it must be given a TaskManager: current value is an instance of Object",
      ],
      [
        "options that are none",
        [manager, 1],
        "the options must be an object: current value is 1 (number)",
      ],
      [
        "a token that is none",
        [manager, { token: 5 }],
        "'token' must be a string of at least 16 letters, digits or -._~: current value is 5 (number)",
      ],
      [
        "a token that is short, which it does not show",
        [manager, { token: "secret" }],
        `'token' must be a string of at least 16 letters, digits or -._~: current value is "…"`,
      ],
      [
        "hosts that are none",
        [manager, { hosts: ["http://inspect.test"] }],
        "'hosts' must be an array of host names, each with a port or without: current value is an instance of Array",
      ],
      [
        "a control that is none",
        [manager, { control: "yes" }],
        `'control' must be a boolean: current value is "yes"`,
      ],
      [
        "control over what cannot be stopped",
        [{ subscribe() {}, report() {} }, { control: true }],
        "with 'control', the manager must have a 'stop': current value is an instance of Object",
      ],
    ] as const
  ) {
    it(`refuses ${what}`, () => {
      const error = assertThrows(() => inspectAny(...args), TypeError);
      assertEquals(error.message, `Cannot inspect a TaskManager as ${message}`);
    });
  }
});

describe("runMain() with inspect", () => {
  for (
    const [what, inspect, ErrorType, message] of [
      [
        "a port that is none",
        65_536,
        RangeError,
        "the port of 'inspect' must be an integer from 0 to 65535: current value is 65536 (number)",
      ],
      [
        "an object without a port",
        {},
        RangeError,
        "the port of 'inspect' must be an integer from 0 to 65535: current value is undefined",
      ],
      [
        "true",
        true,
        TypeError,
        "'inspect' must be a port, an object or false: current value is true (boolean)",
      ],
    ] as const
  ) {
    it(`refuses ${what}`, async () => {
      const error = await assertRejects(
        () => runAny(manager, { inspect }),
        ErrorType,
      );
      assertEquals(
        error.message,
        `Cannot run a manager as the process as ${message}`,
      );
    });
  }

  it("refuses a token that is short, and lets go of the process", async () => {
    using test = new MainTest();
    const inspect = { port: 0, token: "short" };
    await assertRejects(
      () => runMain(manager, { inspect, exit: false }),
      TypeError,
      "'token' must be a string of at least 16",
    );
    assertEquals(test.os.handlers, []);
  });

  it("says that this runtime has no server, and runs all the same", async () => {
    using test = new MainTest();
    Object.defineProperty(test.os.process, "getBuiltinModule", {
      value: undefined,
    });
    const manager = serving();
    const [run] = await test.run(manager, { inspect: 9230, exit: false });
    await manager.stop();
    await test.pass(300);
    await run;
    assertEquals(test.lines, [
      "The inspector is not served, and the program runs on: This runtime has no node:http to be had",
    ]);
  });
});
