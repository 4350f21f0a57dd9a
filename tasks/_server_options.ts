import { checkMilliseconds, checkOptions } from "../src/arguments.ts";
import { checkChoice } from "./_choice.ts";

/** When a server that is told to stop takes no new connection any more. */
export interface ServerStopOptions {
  /**
   * How long a server that is told to stop goes on as before, but for a
   * `connection: close` with each answer, in milliseconds: the time that load
   * balancers need to notice that it is not ready. Leave the drain time for it,
   * and for what is in flight after it.
   *
   * @default {0}
   */
  closeDelay?: number | undefined;
  /**
   * When it closes: `"drain"` as soon as it is told to stop; `"cleanup"` in its
   * own cleanup, when every task added after it is cleaned up, without a delay
   * and without waiting: for a server that says how the others are, such as one
   * for health.
   *
   * @default {"drain"}
   */
  closeOn?: "drain" | "cleanup" | undefined;
}

/** The options as they are meant, if they are right. */
export function stopOptionsOf(
  action: string,
  options: ServerStopOptions,
): { closeDelay: number; drains: boolean } {
  checkOptions(action, options);
  const { closeDelay = 0, closeOn = "drain" } = options;
  checkMilliseconds(action, closeDelay, "closeDelay");
  checkChoice(action, closeOn, "closeOn", ["drain", "cleanup"]);
  return { closeDelay, drains: closeOn === "drain" };
}
