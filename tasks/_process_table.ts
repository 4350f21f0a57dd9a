import { mayRead } from "./_deno.ts";

const TABLE = "/proc";

/**
 * Whether somebody of a process group lives. One who has ended, but whose parent
 * has not asked how, does not, though it can be sent a signal: for ever, where
 * the first process of a container asks nobody. Who cannot be looked up lives.
 */
export async function livesInGroup(group: number): Promise<boolean> {
  try {
    if (!mayRead(TABLE)) return true;
    const { readdir, readFile } = await import("node:fs/promises");
    for (const number of await readdir(TABLE)) {
      if (!/^\d+$/.test(number)) continue;
      // One after another, as many at once could be more than may be open.
      const stat = await readFile(`${TABLE}/${number}/stat`, "utf8")
        .catch(unlessEnded);
      if (livesIn(group, stat)) return true;
    }
    return false;
  } catch {
    return true; // This system has no such table, or it cannot be read.
  }
}

/** Nothing, for one who has just ended. Throws for whom it is not known. */
export function unlessEnded(thrown: unknown): string {
  const { code } = Object(thrown);
  if (code === "ENOENT" || code === "ESRCH") return "";
  throw thrown;
}

/** As in `17 (a name) S 1 16 …`: its state, its parent, its group. */
function livesIn(group: number, stat: string): boolean {
  const [state = "", _parent, ownGroup] = stat
    .slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(ownGroup) === group && !"ZX".includes(state);
}
