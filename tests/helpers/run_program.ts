/** What a program that ended has left behind. */
export interface Ended {
  readonly code: number;
  readonly lines: readonly string[];
  readonly errors: string;
}

/**
 * Runs a program to its end, which is sent SIGINT once it printed a text.
 *
 * @param beforehand What is done before it is sent.
 */
export async function runProgram(
  program: Deno.Command,
  interruptAt?: string,
  beforehand: (printed: string) => Promise<void> = async () => {},
): Promise<Ended> {
  const child = program.spawn();
  // So that a program that never ends fails its test.
  const deadline = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const errors = new Response(child.stderr).text();
  let printed = "";
  for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
    printed += piece;
    if (interruptAt !== undefined && printed.includes(interruptAt)) {
      interruptAt = undefined;
      await beforehand(printed);
      child.kill("SIGINT");
    }
  }
  const { code } = await child.status;
  clearTimeout(deadline);
  return { code, lines: printed.trimEnd().split("\n"), errors: await errors };
}
