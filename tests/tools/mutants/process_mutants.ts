import type { Mutant } from "./mutant.ts";

/** Bugs of `runMain` and of OS signals. */
export const processMutants: readonly Mutant[] = [
  {
    name: "says that what was terminated keeps the process alive",
    rule: "runMain",
    file: "src/main/left_behind.ts",
    find: `event.type === "note" && tellsOfTermination(event.message)`,
    replace: `false`,
    tests: ["main/ending_test.ts"],
  },
  {
    name: "catches the second Ctrl-C, too",
    rule: "shutdownSignal",
    file: "src/signals/key_presses.ts",
    find: `if (!isFirst) return listener.next(name);`,
    replace: `if (!isFirst) return;`,
    tests: ["signals/key_presses_test.ts"],
  },
  {
    name: "takes what is passed on for a second Ctrl-C",
    rule: "shutdownSignal",
    file: "src/signals/key_presses.ts",
    find: `if (isGrace) return;`,
    replace: ``,
    tests: ["signals/key_presses_test.ts"],
  },
];
