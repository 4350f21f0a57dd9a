import { Marked } from "../children/marked.ts";

/** What became of some tests. */
export interface Tested {
  readonly verdict: "passed" | "failed" | "hung";
  readonly output: string;
}

/**
 * Runs some tests of a copy of the project, for so many milliseconds. Children
 * that a mutant leaves are killed, where the system can tell which these are.
 */
export async function runTests(
  folder: string,
  tests: readonly string[],
  ms: number,
): Promise<Tested> {
  const marked = new Marked();
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), ms);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "-A",
      "--no-check",
      "--no-lock",
      "--fail-fast",
      "--import-map=tests/tools/mutants/import_map.json",
      ...tests.map((test) => `tests/${test}`),
    ],
    cwd: folder,
    env: { NO_COLOR: "1", ...marked.env },
    stdin: "null",
    signal: limit.signal,
  }).output();
  clearTimeout(timer);
  if (Deno.build.os === "linux") marked.kill();
  const decoder = new TextDecoder();
  const output = decoder.decode(stdout) + decoder.decode(stderr);
  if (limit.signal.aborted) return { verdict: "hung", output };
  return { verdict: code === 0 ? "passed" : "failed", output };
}
