import type { OsSignal } from "@goasync/core/signals";
import {
  childProcess,
  type ChildProcessOptions,
} from "@goasync/core/tasks/child-process";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { replaceProcess } from "../helpers/fake_process.ts";

/** What is thrown for options of a JavaScript program. */
function messageFor(options: unknown): string {
  const { message, name } = assertThrows(
    () => childProcess("it", options as ChildProcessOptions),
    Error,
  );
  const prefix = 'Cannot make a task of "it" ';
  return `${name}: ${message.replace(prefix, "")}`;
}

describe("childProcess(), given what is wrong,", () => {
  it("says so of the command", () => {
    for (
      const [command, shown] of [["", '""'], [undefined, "undefined"], [
        7,
        "7 (number)",
      ]]
    ) {
      assertThrows(
        () => childProcess(command as string),
        TypeError,
        `Cannot make a task of a child process as the command must be a non-empty string: current value is ${shown}`,
      );
    }
  });

  it("says so of the options", () => {
    const wrong: [unknown, string][] = [
      [
        null,
        "TypeError: as the options must be an object: current value is null",
      ],
      [
        { args: "x" },
        `TypeError: as 'args' must be an array of strings: current value is "x"`,
      ],
      [
        { args: ["x", 1] },
        "TypeError: as 'args[1]' must be a string: current value is 1 (number)",
      ],
      [
        { env: "x" },
        `TypeError: as 'env' must be an object: current value is "x"`,
      ],
      [
        { env: { PORT: 80 } },
        "TypeError: as 'env.PORT' must be a string: current value is 80 (number)",
      ],
      [
        { cwd: 1 },
        "TypeError: as 'cwd' must be a string or a URL: current value is 1 (number)",
      ],
      [
        { ready: "up" },
        `TypeError: as 'ready' must be a RegExp or a function: current value is "up"`,
      ],
      [
        { stopSignal: "SIGNOPE" },
        `TypeError: as 'stopSignal' must hold names of OS signals, such as "SIGINT": current value is "SIGNOPE"`,
      ],
      [
        { stopOn: "drain" },
        `TypeError: as 'stopOn' must be "signal" or "draining": current value is "drain"`,
      ],
      [
        { grace: -1 },
        "RangeError: as 'grace' must be a finite number that is not negative: current value is -1 (number)",
      ],
      [
        { ownGroup: 1 },
        "TypeError: as 'ownGroup' must be true or false: current value is 1 (number)",
      ],
      [
        { onLine: 1 },
        "TypeError: as 'onLine' must be a function: current value is 1 (number)",
      ],
      [
        { input: 1 },
        "TypeError: as 'input' must be a text, bytes or an iterable: current value is 1 (number)",
      ],
      [
        { input: {} },
        "TypeError: as 'input' must be a text, bytes or an iterable: current value is an instance of Object",
      ],
    ];
    for (const [options, message] of wrong) {
      assertEquals(messageFor(options), message);
    }
  });

  it("says that no program can catch SIGSTOP", () => {
    assertEquals(
      messageFor({ stopSignal: "SIGSTOP" }),
      'TypeError: on SIGSTOP as no program can catch it: use another signal, such as "SIGTERM"',
    );
  });

  it("says that this runtime has no child processes", () => {
    using _process = replaceProcess(undefined);
    assertThrows(
      () => childProcess("it"),
      TypeError,
      "Cannot make a task of a child process as this runtime has none: run it on one with node:child_process",
    );
  });
});

describe("childProcess(), given what is right,", () => {
  it("has a drain only if it is to be asked then", () => {
    const stopSignal: OsSignal = "SIGKILL";
    assertEquals(Object.keys(childProcess("it", { stopSignal })), [
      "initialize",
      "execute",
      "cleanup",
    ]);
    assertEquals(Object.keys(childProcess("it", { stopOn: "draining" })), [
      "initialize",
      "execute",
      "cleanup",
      "drain",
    ]);
  });
});
