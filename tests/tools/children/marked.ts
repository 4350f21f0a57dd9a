/** Under which a process and all that it starts have a mark in common. */
const KEY = "GOASYNC_MARK";

/** Processes that have a mark in their environment, as the system knows them. */
export class Marked {
  readonly env: Readonly<Record<string, string>> = {
    [KEY]: crypto.randomUUID(),
  };

  /** The numbers of those that live. */
  get pids(): number[] {
    const entry = `${KEY}=${this.env[KEY]}`;
    return [...Deno.readDirSync("/proc")]
      .filter(({ name }) => /^\d+$/.test(name))
      .filter(({ name }) => environmentOf(name).includes(entry))
      .map(({ name }) => Number(name));
  }

  /** What those are that live. */
  get shown(): string[] {
    return this.pids.map((pid) => `${pid} ${commandOf(pid)}`);
  }

  /** How many live, once none does or it was asked so often, each 10 ms. */
  async left(most = 500): Promise<number> {
    for (let asked = 0; asked < most && this.pids.length > 0; asked++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return this.pids.length;
  }

  kill(): void {
    for (const pid of this.pids) {
      try {
        Deno.kill(pid, "SIGKILL");
      } catch {
        // It has just ended.
      }
    }
  }
}

function commandOf(pid: number): string {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/cmdline`);
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return `${text.replaceAll("\0", " ")} ${stat.slice(0, 60)}`;
  } catch {
    return "has just ended";
  }
}

function environmentOf(pid: string): string[] {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/environ`).split("\0");
  } catch {
    return []; // It has just ended.
  }
}
