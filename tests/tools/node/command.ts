/** What a program that ended has left behind. */
export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export async function output(
  command: string,
  args: readonly string[],
  options: { cwd: string; signal?: AbortSignal },
): Promise<Output> {
  const { code, stdout, stderr } = await new Deno.Command(
    executable(command),
    { ...options, args: [...args], clearEnv: true, env: env(), stdin: "null" },
  ).output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** Runs a program that must succeed, and returns what it printed. */
export async function succeed(
  command: string,
  args: readonly string[],
  options: { cwd: string },
): Promise<string> {
  const { code, stdout, stderr } = await output(command, args, options);
  if (code === 0) return stdout;
  throw new Error(
    `"${command} ${args.join(" ")}" ended with ${code}:\n${stdout}${stderr}`,
  );
}

function executable(command: string): string {
  const isScript = command === "npm" || command === "npx";
  return isScript && Deno.build.os === "windows" ? `${command}.cmd` : command;
}

/** The environment, less what npx sets, which leads npm to another project. */
export function env(): Record<string, string> {
  const kept = Object.entries(Deno.env.toObject()).filter(([name]) =>
    !name.toLowerCase().startsWith("npm_")
  );
  return { ...Object.fromEntries(kept), NO_COLOR: "1" };
}
