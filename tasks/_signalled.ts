import { processHere } from "../src/signals/process_here.ts";
import { livesInGroup } from "./_process_table.ts";

/** What is sent OS signals: a child, alone or with all that it has started. */
export interface Signalled {
  /** Sends one to whatever is left. */
  send(signal: string): void;
  /** Whether anything is left that lives, now that the child has ended. */
  isLeft(): Promise<boolean>;
}

/**
 * Makes what sends OS signals to a child.
 *
 * @param hasGroup Whether it is the first of its own group, all of which is
 * meant.
 */
export function signalledOf(pid: number, hasGroup: boolean): Signalled {
  // Once they are gone, the number may be that of others.
  let isGone = false;
  const isRefused = (signal: string | 0): boolean => {
    try {
      processHere()?.kill(hasGroup ? -pid : pid, signal);
      return false;
    } catch {
      return true; // They have ended, or are not our own.
    }
  };
  return {
    send: (signal) => void (isGone || isRefused(signal)),
    async isLeft() {
      isGone ||= !hasGroup || isRefused(0) || !(await livesInGroup(pid));
      return !isGone;
    },
  };
}
