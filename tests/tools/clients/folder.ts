import { dirname } from "node:path";

/** A folder to run programs in, and the environment they get. */
export class Folder {
  readonly path: string;
  readonly #env: Record<string, string>;

  /**
   * @param path Where it is.
   * @param tools The folders to look for programs in before all others.
   * @param env What programs get besides the environment of this process.
   */
  constructor(
    path: string,
    tools: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ) {
    this.path = path;
    const PATH = [...tools, Deno.env.get("PATH")].join(":");
    this.#env = { ...ownEnv(), NO_COLOR: "1", PATH, ...env };
  }

  /** A program, by what one types at a prompt. */
  command(line: string): Deno.Command {
    const [program = "", ...args] = line.split(" ");
    return new Deno.Command(program, {
      args,
      cwd: this.path,
      clearEnv: true,
      env: this.#env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
  }

  /** Runs a program that must succeed, and returns what it printed. */
  async run(line: string): Promise<string> {
    const { code, stdout, stderr } = await this.command(line).output();
    const decoder = new TextDecoder();
    const printed = decoder.decode(stdout);
    if (code === 0) return printed.trim();
    const errors = decoder.decode(stderr);
    throw new Error(`"${line}" ended with ${code}:\n${printed}${errors}`);
  }

  /** Writes a text file, and the folders that lead to it. */
  async write(name: string, content: string): Promise<void> {
    const path = `${this.path}/${name}`;
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, content);
  }
}

/** The environment, less what npx sets, which leads npm to another project. */
function ownEnv(): Record<string, string> {
  const kept = Object.entries(Deno.env.toObject()).filter(([name]) =>
    !name.toLowerCase().startsWith("npm_")
  );
  return Object.fromEntries(kept);
}
