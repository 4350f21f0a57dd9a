import process from "node:process";

/** What starts a JavaScript of that text on the runtime that runs this. */
export function scriptOf(
  text: string,
): [command: string, options: { args: string[] }] {
  const flag = process.versions.deno ? "eval" : "-e";
  return [process.execPath, { args: [flag, text] }];
}
