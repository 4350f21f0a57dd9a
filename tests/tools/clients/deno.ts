import { dirname } from "node:path";
import { name } from "../node/package.ts";
import type { ClientSource } from "./client.ts";
import { installLine } from "./install_line.ts";

/** The Deno that this runs on. */
export const deno: ClientSource = {
  name: "Deno",
  get: (scratch, url) =>
    Promise.resolve({
      runtime: `Deno ${Deno.version.deno}`,
      tools: [`TypeScript ${Deno.version.typescript}`],
      programs: [dirname(Deno.execPath())],
      env: { JSR_URL: url, DENO_DIR: `${scratch}/deno_cache` },
      asksFor: `/${name}/meta.json`,
      install: installLine("Deno"),
      checks: ["deno check quick_start.ts consumer/main.ts"],
      quickStart: "deno run -A quick_start.ts",
      consumer: "deno run -A consumer/main.ts",
    }),
};
