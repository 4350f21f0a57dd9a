/**
 * Lists the demos, or runs one of them: `deno task example [NAME] [--forever | --inspect]`.
 */

import { styleText } from "node:util";
import { demoArguments, failUsage } from "./common/arguments.ts";

interface Demo {
  readonly about: string;
  readonly run: () => Promise<unknown>;
}

const demos = new Map<string, Demo>([
  ["force-shutdown", {
    about: "a task that never stops is left behind after its grace",
    run: () => import("./force_shutdown.ts"),
  }],
  ["pubsub", {
    about: "slow subscribers drain their queues before they stop",
    run: () => import("./pubsub.ts"),
  }],
  ["http-server", {
    about: "an API finishes what is in flight before its database closes",
    run: () => import("./http_server.ts"),
  }],
  ["service", {
    about: "an API, a consumer and more, under load: a stop loses nothing",
    run: () => import("./service.ts"),
  }],
  ["workers", {
    about: "two workers keep a thread busy, one of which never hears of a stop",
    run: () => import("./workers.ts"),
  }],
  ["batch", {
    about: "a folder of files, behind a bar: stop it, and go on later",
    run: () => import("./batch.ts"),
  }],
  ["lease", {
    about: "three processes, one at work: it is killed, and another takes over",
    run: () => import("./lease.ts"),
  }],
]);

function list(): void {
  console.log("The demos, and what each of them shows:\n");
  for (const [name, { about }] of demos) {
    console.log(`  ${styleText("bold", name.padEnd(16))}${about}`);
  }
  console.log(`
  deno task example NAME            runs one for a few seconds
  deno task example NAME --forever  runs one until Ctrl-C
  deno task example NAME --inspect  the same, and a page shows it`);
}

function title(name: string, { about }: Demo): void {
  console.log(`${styleText("bold", name)}: ${about}`);
  console.log(
    styleText("dim", "Ctrl-C stops it, a second Ctrl-C ends it on the spot."),
  );
}

const { name } = demoArguments();
if (name === undefined) list();
else {
  const demo = demos.get(name) ?? failUsage(
    `Cannot run a demo as its name must be ${
      [...demos.keys()].join(" or ")
    }: current value is "${name}"`,
  );
  title(name, demo);
  await demo.run();
}
