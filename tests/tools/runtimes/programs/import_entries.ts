import { spy } from "../../../project/hygiene/spies.ts";

/** What came of importing the entries. */
export interface Imported {
  /** What each entry exports. */
  readonly exports: Readonly<Record<string, readonly string[]>>;
  /** What the entries have started. */
  readonly started: readonly string[];
  /** Whether the spies have noted what another module starts. */
  readonly isSpied: boolean;
}

/** Imports every entry, and notes what that starts. */
export async function run(): Promise<Imported> {
  const noted = spy();
  const modules: Record<string, Record<string, unknown>> = {
    ".": await import("@goasync/core"),
    "./tasks": await import("@goasync/core/tasks"),
    "./tasks/repeatable": await import("@goasync/core/tasks/repeatable"),
    "./tasks/repeat-timer": await import("@goasync/core/tasks/repeat-timer"),
    "./tasks/force-stop": await import("@goasync/core/tasks/force-stop"),
    "./tasks/graceful": await import("@goasync/core/tasks/graceful"),
    "./tasks/resource": await import("@goasync/core/tasks/resource"),
    "./tasks/supervise": await import("@goasync/core/tasks/supervise"),
    "./tasks/interruptible": await import("@goasync/core/tasks/interruptible"),
    "./tasks/http-server": await import("@goasync/core/tasks/http-server"),
    "./tasks/deno-server": await import("@goasync/core/tasks/deno-server"),
    "./tasks/health": await import("@goasync/core/tasks/health"),
    "./tasks/schedule": await import("@goasync/core/tasks/schedule"),
    "./tasks/for-each": await import("@goasync/core/tasks/for-each"),
    "./tasks/lease": await import("@goasync/core/tasks/lease"),
    "./tasks/child-process": await import("@goasync/core/tasks/child-process"),
    "./tasks/worker": await import("@goasync/core/tasks/worker"),
    "./main": await import("@goasync/core/main"),
    "./inspector": await import("@goasync/core/inspector"),
    "./logging": await import("@goasync/core/logging"),
    "./otel": await import("@goasync/core/otel"),
    "./report": await import("@goasync/core/report"),
    "./signals": await import("@goasync/core/signals"),
    "./testing": await import("@goasync/core/testing"),
  };
  const started = noted.splice(0);
  const { calls } = await import("../../../project/hygiene/unhygienic.ts");
  const exports = Object.fromEntries(
    Object.entries(modules).map((
      [key, module],
    ) => [key, Object.keys(module).sort()]),
  );
  return { exports, started, isSpied: `${noted}` === `${calls}` };
}
