import { updatePart } from "../tools/marked_part.ts";
import { root } from "../tools/node/package.ts";

const README = `${root}/tests/bench/README.md`;

/** Puts text into the README, between the markers that name a runtime. */
export async function updateReadme(
  runtime: string,
  text: string,
): Promise<void> {
  await updatePart(README, runtime, text);
}
