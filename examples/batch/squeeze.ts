import { readFile, rename, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";
import { delay } from "@std/async";
import { MOMENT } from "../common/moment.ts";

const compress = promisify(brotliCompress);

/** Compresses a file into another one, which is there only when it is whole. */
export async function squeeze(
  source: string,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  const small = await compress(await readFile(source, { signal }));
  await delay(MOMENT, { signal }); // As if it were larger.
  await writeFile(`${target}.part`, small, { signal });
  await rename(`${target}.part`, target);
}
