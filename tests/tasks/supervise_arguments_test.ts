import { TaskManager } from "@goasync/core";
import { supervise } from "@goasync/core/tasks/supervise";
import { assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";

describe("supervise() throws TypeError for", () => {
  it("a TaskManager, which runs once", () => {
    assertThrows(
      () => supervise(new TaskManager()),
      TypeError,
      "Cannot supervise a TaskManager as it runs once: give an object whose 'create' makes one each time",
    );
  });

  it("a create that is no function", () => {
    for (const create of [undefined, 5, new TaskManager()]) {
      assertThrows(
        // deno-lint-ignore no-explicit-any
        () => supervise({ create } as any),
        TypeError,
        "Cannot supervise a task as it must have",
      );
    }
  });

  const wrong: { options: unknown; message: string }[] = [
    {
      options: { restart: "never" },
      message:
        '\'restart\' must be "on-failure" or "always": current value is "never"',
    },
    {
      options: { initialize: true },
      message:
        '\'initialize\' must be "retry" or "fail": current value is true',
    },
    { options: { backoff: true }, message: "'backoff' must be an object" },
    { options: { backoff: null }, message: "'backoff' must be an object" },
    {
      options: { intensity: 5 },
      message: "'intensity' must be an object: current value is 5",
    },
    {
      options: { intensity: null },
      message: "'intensity' must be an object: current value is null",
    },
    {
      options: { intensity: false },
      message: "'intensity' must be an object: current value is false",
    },
    {
      options: { onRestart: "log" },
      message: "'onRestart' must be a function: current value is \"log\"",
    },
  ];
  for (const { options, message } of wrong) {
    it(`options that are wrong: ${JSON.stringify(options)}`, () => {
      const error = assertThrows(
        // deno-lint-ignore no-explicit-any
        () => supervise(() => {}, options as any),
        TypeError,
        "Cannot supervise a task as ",
      );
      assertStringIncludes(error.message, message);
    });
  }
});

describe("supervise() throws RangeError for", () => {
  const wrong: { options: object; message: string }[] = [
    { options: { healthyAfter: -1 }, message: "'healthyAfter' must be" },
    { options: { healthyAfter: NaN }, message: "'healthyAfter' must be" },
    { options: { healthyAfter: "10" }, message: "'healthyAfter' must be" },
    { options: { backoff: { min: -1 } }, message: "'min' must be" },
    { options: { backoff: { jitter: 2 } }, message: "'jitter' must be" },
    {
      options: { intensity: {} },
      message: "'restarts' must be a whole number from 0 up",
    },
    {
      options: { intensity: { restarts: 1.5, within: 1 } },
      message: "'restarts' must be a whole number from 0 up",
    },
    {
      options: { intensity: { restarts: -1, within: 1 } },
      message: "'restarts' must be a whole number from 0 up",
    },
    {
      options: { intensity: { restarts: 1 } },
      message: "'within' must be a finite number that is not negative",
    },
    {
      options: { intensity: { restarts: 1, within: Infinity } },
      message: "'within' must be a finite number that is not negative",
    },
    ...["initializeTimeout", "stopTimeout", "cleanupTimeout"].flatMap((key) =>
      [-1, NaN, "1"].map((value) => ({
        options: { [key]: value },
        message: `'${key}' must be a number from 0 up`,
      }))
    ),
  ];
  for (const { options, message } of wrong) {
    const [[key, value]] = Object.entries(options) as [[string, unknown]];
    const shown = typeof value === "object" ? JSON.stringify(value) : value;
    it(`a number out of its range: ${key} ${shown}`, () => {
      assertThrows(() => supervise(() => {}, options), RangeError, message);
    });
  }

  it("but takes every number within it", () => {
    supervise(() => {}, {
      backoff: { min: 0, max: 0, factor: 1, jitter: 1 },
      healthyAfter: 0,
      intensity: { restarts: 0, within: 0 },
      initializeTimeout: 0,
      stopTimeout: Infinity,
      cleanupTimeout: undefined,
    });
  });
});
