/** A process of Linux, by what /proc says of it. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** The pid of the shell of its terminal. */
  readonly session: number;
  /** Its pid as it sees it itself, in its namespace. */
  readonly ownPid: number;
}

export function processes(): Process[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) =>
    /^\d+$/.test(name) ? processOf(Number(name)) ?? [] : []
  );
}

export function isRunning(pid: number): boolean {
  return processOf(pid) !== undefined;
}

/** Ends a process for certain, if it runs. */
export function kill(pid: number, signal: Deno.Signal = "SIGKILL"): void {
  try {
    Deno.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

/** A process that has not ended. */
function processOf(pid: number): Process | undefined {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    // The name of the program comes before, in parentheses.
    const [state, parent, , session] = stat.split(") ").pop()!.split(" ");
    if (state === "Z" || state === "X") return;
    return {
      pid,
      parent: Number(parent),
      session: Number(session),
      ownPid: Number(status.match(/^NSpid:.*\t(\d+)$/m)?.[1]),
    };
  } catch {
    return; // It has ended meanwhile.
  }
}
