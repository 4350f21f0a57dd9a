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
    const numbers = (await readdir(TABLE)).filter((name) => /^\d+$/.test(name));
    const lives = await Promise.all(numbers.map(async (number) => {
      const stat = await readFile(`${TABLE}/${number}/stat`, "utf8")
        .catch(() => ""); // It has just ended.
      return livesIn(group, stat);
    }));
    return lives.includes(true);
  } catch {
    return true; // This system has no such table.
  }
}

/** As in `17 (a name) S 1 16 …`: its state, its parent, its group. */
function livesIn(group: number, stat: string): boolean {
  const [state = "", _parent, ownGroup] = stat
    .slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(ownGroup) === group && !"ZX".includes(state);
}
