import { TaskManager } from "@goasync/core";
import type { InspectedManager } from "@goasync/core/inspector";
import { gate } from "./gate.ts";

/** A manager that says when somebody listens to it, and when nobody does. */
export function watchedManager(): {
  readonly manager: InspectedManager;
  readonly begun: Promise<void>;
  readonly ended: Promise<void>;
} {
  const manager = new TaskManager();
  const [begun, ended] = [gate(), gate()];
  const subscribe: TaskManager["subscribe"] = (...args) => {
    const end = manager.subscribe(...args);
    begun.open();
    return () => {
      end();
      ended.open();
    };
  };
  const { state } = manager;
  return {
    manager: { state, subscribe, report: () => manager.report() },
    begun: begun.reached,
    ended: ended.reached,
  };
}
