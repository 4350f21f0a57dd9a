import process from "node:process";
import { parseArgs } from "node:util";

/** What a demo was started with. */
export interface DemoArguments {
  /** The demo to run, which only examples/main.ts looks at. */
  readonly name: string | undefined;
  /** Whether only Ctrl-C ends it. */
  readonly forever: boolean;
  /** The port at which a page shows the demo; `false` for none. */
  readonly inspect: number | false;
  /** The database to use in place of SQLite, for the demos that have one. */
  readonly postgres: string | undefined;
}

/** The port of the page, as those of debuggers are next to it. */
const INSPECT_PORT = 9230;

/** Reads `[NAME] [--forever] [--inspect] [--postgres URL]`; ends the program if it was given anything else. */
export function demoArguments(): DemoArguments {
  try {
    const { values, positionals } = parseArgs({
      options: {
        forever: { type: "boolean", default: false },
        inspect: { type: "boolean", default: false },
        postgres: { type: "string" },
      },
      allowPositionals: true,
    });
    const [name, ...others] = positionals;
    if (others.length > 0) throw new TypeError("Cannot run two demos at once");
    const { inspect, postgres } = values;
    return {
      name,
      forever: values.forever || inspect, // Until it was looked at.
      inspect: inspect && INSPECT_PORT,
      postgres,
    };
  } catch (error) {
    return failUsage(Object(error).message);
  }
}

/** Prints what is wrong with the command line, and ends the program. */
export function failUsage(message: string): never {
  console.error(`error: ${message}`);
  process.exit(1);
}
