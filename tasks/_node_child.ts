import { messageOf } from "../src/messages.ts";
import { nothing } from "../src/promises.ts";
import { processHere } from "../src/signals/process_here.ts";

/** A stream that a child prints to. */
export interface ChildOutput {
  setEncoding(encoding: "utf8"): unknown;
  on(name: "data", listener: (text: string) => void): unknown;
  on(name: "close" | "error", listener: () => void): unknown;
  destroy(): unknown;
}

/** A stream that a child reads. */
export interface ChildInput {
  readonly destroyed: boolean;
  on(name: "error", listener: () => void): unknown;
  on(name: "drain" | "close", listener: () => void): unknown;
  off(name: "drain" | "close", listener: () => void): unknown;
  write(piece: string | Uint8Array): boolean;
  end(): unknown;
  destroy(): unknown;
}

/** What is needed of a child of `node:child_process`. */
export interface NodeChild {
  readonly stdin: ChildInput | null;
  readonly stdout: ChildOutput | null;
  readonly stderr: ChildOutput | null;
  on(name: "error", listener: (error: Error) => void): unknown;
  on(
    name: "exit",
    listener: (code: number | null, signal: string | null) => void,
  ): unknown;
}

/** How a child is started. */
export interface SpawnOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string | URL | undefined;
  readonly env: Readonly<Record<string, string | undefined>> | undefined;
  /** Whether it is the first of a group of its own. */
  readonly hasGroup: boolean;
  /** Whether it has something to read. */
  readonly hasInput: boolean;
  /** Whether what it prints is read. */
  readonly hasOutput: boolean;
}

/**
 * Starts a child, by `node:child_process`.
 *
 * @param begun Is given the child in the turn in which it is started, so that
 * nothing of it is missed.
 * @returns A promise that resolves with what that returned, and rejects if the
 * child cannot be started.
 */
export async function spawnChild<Value>(
  options: SpawnOptions,
  begun: (child: NodeChild, pid: number) => Value,
): Promise<Value> {
  try {
    const { spawn } = await import("node:child_process");
    const { command, args, cwd, env, hasGroup } = options;
    const output = options.hasOutput ? "pipe" : "inherit";
    const child = spawn(command, [...args], {
      cwd,
      env: env && environmentWith(env),
      detached: hasGroup,
      windowsHide: true,
      stdio: [options.hasInput ? "pipe" : "ignore", output, output],
    });
    const failed = new Promise<never>((_, reject) => child.on("error", reject));
    if (child.pid === undefined) return await failed;
    failed.catch(nothing); // It runs.
    return begun(child, child.pid);
  } catch (thrown) {
    throw startError(options, thrown);
  }
}

/** Our environment with another one. */
function environmentWith(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const all = { ...processHere()?.env, ...env };
  const defined: Record<string, string> = {};
  for (const [key, value] of Object.entries(all)) {
    if (value !== undefined) defined[key] = value;
  }
  return defined;
}

/** The error of a child that cannot be started. */
function startError({ command, cwd }: SpawnOptions, thrown: unknown): Error {
  const { code } = Object(thrown);
  const reason = reasonOf(code, cwd) ?? messageOf(thrown);
  const message = `Cannot start "${command}" as ${reason}`;
  return Object.assign(new Error(message, { cause: thrown }), { code });
}

function reasonOf(
  code: unknown,
  cwd: string | URL | undefined,
): string | undefined {
  if (code === "EACCES") return "it may not be executed";
  if (code !== "ENOENT") return;
  const noProgram = "there is no such program";
  return cwd === undefined ? noProgram : `${noProgram}, or no folder "${cwd}"`;
}
