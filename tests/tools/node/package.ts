import { resolve } from "node:path";
import config from "../../../deno.json" with { type: "json" };

/** The folder of the package. */
export const root: string = resolve(import.meta.dirname!, "../../..");

/** What Deno calls the package. */
export const name: string = config.name;

/** What npm calls the package when it gets it from JSR. */
export const npmName: string = name.replace(/^@(.+)\/(.+)$/, "@jsr/$1__$2");

/** The keys of its exports. */
export const entries: readonly string[] = Object.keys(config.exports);
