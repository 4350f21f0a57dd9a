/** What became of some tests. */
export interface Tested {
  readonly verdict: "passed" | "failed" | "hung";
  readonly output: string;
}

/** Runs some tests of a copy of the project, for so many milliseconds. */
export async function runTests(
  folder: string,
  tests: readonly string[],
  ms: number,
): Promise<Tested> {
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
    env: { NO_COLOR: "1" },
    stdin: "null",
    signal: limit.signal,
  }).output();
  clearTimeout(timer);
  const decoder = new TextDecoder();
  const output = decoder.decode(stdout) + decoder.decode(stderr);
  if (limit.signal.aborted) return { verdict: "hung", output };
  return { verdict: code === 0 ? "passed" : "failed", output };
}
