import type { Report } from "@goasync/core";
import { root } from "../node/package.ts";
import { freePort } from "../debian/ports.ts";
import { Program } from "../debian/program.ts";

const TOKEN = "0123456789abcdef0123";

const DENO = [
  "run",
  "-A",
  "--quiet",
  "--no-check",
  "--import-map=tests/std/import_map.json",
  "--no-lock",
];

/** A program that serves the page of its manager. */
export class Inspected implements AsyncDisposable {
  readonly port: number;
  readonly program: Program;

  private constructor(program: Program, port: number) {
    this.program = program;
    this.port = port;
  }

  /** Starts the program of these tests. */
  static async start(
    env: Record<string, string> = {},
    port: number = freePort(),
  ): Promise<Inspected> {
    const program = new Program(
      Deno.execPath(),
      [...DENO, "tests/tools/inspector/programs/hangs.ts"],
      { PORT: `${port}`, TOKEN, ...env },
      root,
    );
    await program.printed(/Inspector: /);
    return new Inspected(program, port);
  }

  /** Starts a demo, as a newcomer does. */
  static async demo(name: string, ...args: string[]): Promise<Inspected> {
    const program = new Program(
      Deno.execPath(),
      [...DENO, "examples/main.ts", name, "--inspect", ...args],
      {},
      root,
    );
    await program.printed(/Inspector: /);
    const [, port] = /Inspector: http:\/\/127\.0\.0\.1:(\d+)/
      .exec(program.text) ?? [];
    return new Inspected(program, Number(port));
  }

  /** The address that it has printed. */
  get address(): string {
    return /Inspector: (\S+)/.exec(this.program.text)?.[1] ?? "";
  }

  /** What it tells by its story. */
  async story(): Promise<{ report: Report }> {
    const { origin, hash } = new URL(this.address);
    const response = await fetch(`${origin}/story`, {
      headers: { authorization: `Bearer ${hash.slice(1)}` },
    });
    return await response.json();
  }

  /** What report() has said in the end. */
  async lastReport(): Promise<Report> {
    const { text } = await this.program.ended;
    const start = "Report: ";
    const line = text.split("\n").find((each) => each.startsWith(start));
    return JSON.parse(line?.slice(start.length) ?? "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.program.kill("SIGKILL");
    await this.program.ended;
  }
}
