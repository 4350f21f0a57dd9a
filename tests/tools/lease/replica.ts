import { Program } from "../debian/program.ts";
import { root } from "../node/package.ts";
import { Proxy } from "./proxy.ts";

const PROGRAM = `${root}/tests/tools/lease/programs/replica.ts`;

/** A process with a lease, and the proxy through which it asks a server. */
export class Replica implements AsyncDisposable {
  readonly program: Program;
  readonly proxy: Proxy | undefined;

  private constructor(program: Program, proxy: Proxy | undefined) {
    this.program = program;
    this.proxy = proxy;
  }

  /** Starts one; waits until it asks for the lock, and hears of it if it does that. */
  static async start(
    client: string,
    folder: string,
    port: number | undefined,
    hears: boolean,
  ): Promise<Replica> {
    const proxy = port === undefined ? undefined : await Proxy.start(port);
    const program = new Program(
      Deno.execPath(),
      [
        ...["run", "-A", "--quiet", "--unstable-kv", "--no-check"],
        ...["--import-map=tests/std/import_map.json", "--lock=deno.lock"],
        ...["--frozen", PROGRAM],
      ],
      { CLIENT: client, FOLDER: folder, PORT: `${proxy?.port}` },
      root,
      10 * 60_000,
    );
    await program.printed(hears ? /listens/ : /ready/);
    return new Replica(program, proxy);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.program.kill("SIGKILL");
    await this.program.ended;
    await this.proxy?.[Symbol.asyncDispose]();
  }
}
