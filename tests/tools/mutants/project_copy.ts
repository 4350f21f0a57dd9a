const root = `${import.meta.dirname}/../../..`;

/** What the tests of the sources need. */
const NEEDED = ["deno.json", "mod.ts", "src", "tasks", "tests"];

/** Copies what the tests of the sources need into a new folder. */
export async function copyProject(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "mutants-" });
  for (const name of NEEDED) await copy(`${root}/${name}`, `${folder}/${name}`);
  return folder;
}

async function copy(from: string, to: string): Promise<void> {
  const { isDirectory } = await Deno.stat(from);
  if (!isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) {
    await copy(`${from}/${name}`, `${to}/${name}`);
  }
}
