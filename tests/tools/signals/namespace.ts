import type { Folder } from "../clients/folder.ts";

/** For root, and for everyone else. */
const COMMANDS = ["unshare", "unshare --user --map-root-user"].map((command) =>
  `${command} --pid --fork --mount-proc`
);

/**
 * What starts a program as PID 1, as a container does; nothing if this machine
 * forbids it.
 */
export async function findNamespace(
  folder: Folder,
): Promise<string | undefined> {
  for (const command of COMMANDS) {
    const { success } = await folder.command(`${command} true`).output();
    if (success) return command;
  }
}
