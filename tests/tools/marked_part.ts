import { root } from "./node/package.ts";
import { succeed } from "./node/command.ts";

/** Puts text into a Markdown file, between the markers that have a name. */
export async function updatePart(
  file: string,
  name: string,
  text: string,
): Promise<void> {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const content = await Deno.readTextFile(file);
  const from = content.indexOf(begin);
  const to = content.indexOf(end);
  if (from < 0 || to < from) {
    throw new Error(`Cannot update ${file}: it must have ${begin} and ${end}`);
  }
  await Deno.writeTextFile(
    file,
    `${content.slice(0, from)}${begin}\n\n${text}\n\n${content.slice(to)}`,
  );
  await succeed(Deno.execPath(), ["fmt", "--quiet", file], { cwd: root });
}
