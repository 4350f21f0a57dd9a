// Publishes the package to a registry on this machine, and has each client
// install it from there, check its types, and run the quick start of the README
// and a consumer of everything. A client that cannot be had is named, and is a
// failure where CI is true.
import { type Registry, startRegistry } from "../registry/registry.ts";
import { bun } from "./bun.ts";
import type { ClientSource } from "./client.ts";
import { deno } from "./deno.ts";
import { node, pnpm } from "./node.ts";
import { installTools } from "./tools.ts";
import { tryClient } from "./try_client.ts";
import { TYPESCRIPT_FOLDER } from "./typescript.ts";
import { unusedExports } from "./unused_exports.ts";

const SOURCES = [
  deno,
  node("20"),
  node("22"),
  node("24"),
  node("latest"),
  pnpm,
  bun,
];

let passed = 0;
let failed = 0;
const missing: string[] = [];

async function run(scratch: string): Promise<void> {
  const unused = await unusedExports();
  if (unused.length > 0) console.log(`Unused: ${unused.join(", ")}`);
  const failures = unused.length > 0 ? 1 : 0;
  count("The consumer uses every export", 1 - failures, failures);
  await using registry = await startRegistry();
  const typescript = `${scratch}/${TYPESCRIPT_FOLDER}`;
  const tools = await installTools(typescript, ["typescript", "@types/node"]);
  for (const source of SOURCES) {
    await tryOne(source, scratch, tools, registry);
  }
}

async function tryOne(
  { name, get }: ClientSource,
  scratch: string,
  tools: string,
  registry: Registry,
): Promise<void> {
  const folder = `${scratch}/${name.toLowerCase().replace(" ", "_")}`;
  const client = await get(scratch, registry.url).catch((error) => {
    missing.push(name);
    console.log(`${name} is missing: ${error.message}`);
  });
  if (!client) return;
  let steps = 0;
  const trial = tryClient(client, folder, tools, registry, () => steps++);
  const error = await trial.then(() => {}, (error) => error);
  if (error) console.log(error.message);
  count(`${client.runtime}, ${client.tools.join(", ")}`, steps, error ? 1 : 0);
}

function count(what: string, passes: number, failures: number): void {
  passed += passes;
  failed += failures;
  console.log(`${what}: ${passes} passed, ${failures} failed`);
}

const scratch = await Deno.makeTempDir({ prefix: "goasync-" });
try {
  await run(scratch);
} catch (error) {
  failed++;
  console.log(error);
} finally {
  await Deno.remove(scratch, { recursive: true });
}
if (missing.length > 0) console.log(`Missing: ${missing.join(", ")}`);
if (Deno.env.get("CI") === "true") failed += missing.length;
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) Deno.exitCode = 1;
