import { checkOptions, isFunction, wrong } from "../arguments.ts";
import type { ObservedManager } from "../manager_types.ts";
import type { TaskHandle } from "../task_handle.ts";
import { isHost } from "./host.ts";
import { randomToken } from "./token.ts";

/** The manager that an inspector shows: a TaskManager. */
export interface InspectedManager extends ObservedManager {
  /** Its tasks that have not ended, of which `control` can cancel one. */
  readonly tasks?: readonly TaskHandle[];
  /**
   * Stops it, which `control` can do.
   *
   * @param reason What stops it.
   * @returns A promise that resolves when the run is over.
   */
  stop?(reason: unknown): Promise<void>;
}

/** Who may look, and what they may do. */
export interface InspectorOptions {
  /**
   * What whoever looks has to know, at least 16 letters, digits or any of
   * `-._~`. One of your own outlives a restart of the program, and so does the
   * page that was opened with it.
   *
   * @default {128 random bits}
   */
  token?: string | undefined;
  /**
   * Under which names it may be asked, beside those of loopback: `"name"` at any
   * port, or `"name:port"`.
   *
   * @default {[]}
   */
  hosts?: readonly string[] | undefined;
  /**
   * Whether the page can stop the manager, and cancel a task of it.
   *
   * @default {false}
   */
  control?: boolean | undefined;
}

/** The options, checked and complete. */
export interface InspectorSettings {
  readonly token: string;
  readonly hosts: readonly string[];
  readonly control: boolean;
}

const ACTION = "inspect a TaskManager";
const TOKEN = /^[\w.~-]{16,}$/;

/** The settings that options make, if all is right. */
export function settingsOf(
  manager: InspectedManager,
  options: InspectorOptions,
): InspectorSettings {
  const { subscribe, report } = Object(manager);
  if (!isFunction(subscribe) || !isFunction(report)) {
    throw wrong(ACTION, "it must be given a TaskManager", manager);
  }
  checkOptions(ACTION, options);
  const { token = randomToken(), hosts = [], control = false } = options;
  if (typeof token !== "string" || !TOKEN.test(token)) {
    const expected =
      "'token' must be a string of at least 16 letters, digits or -._~";
    // What may be a secret is not shown.
    throw wrong(ACTION, expected, typeof token === "string" ? "…" : token);
  }
  if (!Array.isArray(hosts) || !hosts.every(isHost)) {
    const expected =
      "'hosts' must be an array of host names, each with a port or without";
    throw wrong(ACTION, expected, hosts);
  }
  if (typeof control !== "boolean") {
    throw wrong(ACTION, "'control' must be a boolean", control);
  }
  if (control && !isFunction(Object(manager).stop)) {
    const expected = "with 'control', the manager must have a 'stop'";
    throw wrong(ACTION, expected, manager);
  }
  return { token, hosts: hosts.map((host) => host.toLowerCase()), control };
}
