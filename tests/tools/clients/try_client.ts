import { assert } from "@std/assert";
import { assertStops, quickStart } from "../../project/quick_start.ts";
import type { Registry } from "../registry/registry.ts";
import type { Client } from "./client.ts";
import { consumerFiles } from "./consumer_files.ts";
import { Folder } from "./folder.ts";

/**
 * Does in an empty folder what a user does: installs the package, checks types,
 * and runs the quick start and a consumer of everything.
 *
 * @param client What the user has.
 * @param path The folder.
 * @param tools Where TypeScript is.
 * @param registry Where the package is.
 * @param onStep Is called after each step.
 */
export async function tryClient(
  client: Client,
  path: string,
  tools: string,
  registry: Registry,
  onStep: () => void,
): Promise<void> {
  const folder = new Folder(path, [...client.programs, tools], client.env);
  await folder.write(".npmrc", `@jsr:registry=${registry.url}\n`);
  const asked = registry.requests.length;
  await folder.run(client.install);
  assert(
    registry.requests.slice(asked).includes(client.asksFor),
    `"${client.install}" has installed from elsewhere`,
  );
  onStep();

  await makeModules(folder);
  await folder.write("quick_start.ts", quickStart);
  await folder.write("quick_start.mjs", quickStart);
  for (const [name, content] of consumerFiles()) {
    await folder.write(`consumer/${name}`, content);
  }
  for (const check of client.checks) await folder.run(check);
  onStep();
  await assertStops(folder.command(client.quickStart));
  onStep();
  await folder.run(client.consumer);
  onStep();
}

/** Makes `.ts` files modules for TypeScript, where npm has a say. */
async function makeModules({ path }: Folder): Promise<void> {
  const file = `${path}/package.json`;
  try {
    const manifest = JSON.parse(await Deno.readTextFile(file));
    const changed = JSON.stringify({ ...manifest, type: "module" });
    await Deno.writeTextFile(file, changed);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
