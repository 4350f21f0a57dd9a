import { npmName } from "../node/package.ts";
import type { ClientSource } from "./client.ts";
import { installLine } from "./install_line.ts";
import { installTools, pinned, VERSIONS } from "./tools.ts";
import { TYPE_CHECKS } from "./typescript.ts";

/** Bun, as npm has it, with jsr. */
export const bun: ClientSource = {
  name: "Bun",
  get: async (scratch) => ({
    runtime: `Bun ${VERSIONS.bun}`,
    tools: [`jsr ${VERSIONS.jsr}`, `TypeScript ${VERSIONS.typescript}`],
    programs: [await installTools(`${scratch}/bun_itself`, ["bun"])],
    env: { BUN_INSTALL_CACHE_DIR: `${scratch}/bun_cache` },
    asksFor: `/${npmName}`,
    install: installLine("Bun", { "bunx jsr": `bunx ${pinned("jsr")}` }),
    checks: TYPE_CHECKS,
    quickStart: "bun quick_start.ts",
    consumer: "bun consumer/main.ts",
  }),
};
