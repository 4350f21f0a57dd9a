import { succeed } from "../tools/node/command.ts";
import { root } from "../tools/node/package.ts";

const README = `${root}/tests/bench/README.md`;

/** Puts text into the README, between the markers that name a runtime. */
export async function updateReadme(
  runtime: string,
  text: string,
): Promise<void> {
  const [begin, end] = [
    `<!-- ${runtime}: begin -->`,
    `<!-- ${runtime}: end -->`,
  ];
  const readme = await Deno.readTextFile(README);
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) {
    throw new Error(
      `Cannot update ${README}: it must have ${begin} and ${end}`,
    );
  }
  await Deno.writeTextFile(
    README,
    `${readme.slice(0, from)}${begin}\n\n${text}\n\n${readme.slice(to)}`,
  );
  await succeed(Deno.execPath(), ["fmt", "--quiet", README], { cwd: root });
}
