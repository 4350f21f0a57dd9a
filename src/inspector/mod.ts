/**
 * A page that shows what a manager does while it does it: who is up, who is
 * waited for, what went wrong. On Deno, Node, Bun and others.
 *
 * @example Beside a program on Deno
 * ```ts ignore
 * import { TaskManager } from "@goasync/core";
 * import { inspector } from "@goasync/core/inspector";
 *
 * const manager = new TaskManager();
 * const { fetch, token } = inspector(manager);
 * Deno.serve({ hostname: "127.0.0.1", port: 9230 }, fetch);
 * console.log(`http://127.0.0.1:9230/#${token}`);
 * await manager.run();
 * ```
 *
 * @module
 */

export { type Inspector, inspector } from "./inspector.ts";
export type { InspectedManager, InspectorOptions } from "./options.ts";
export type {
  InspectorNodeRequest,
  InspectorNodeResponse,
} from "./node_listener.ts";
