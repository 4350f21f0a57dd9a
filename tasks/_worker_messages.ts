import type { Stage } from "../mod.ts";
import type { Wire } from "./_wire_form.ts";

/** What a worker is sent. */
export type ToWorker =
  /** Make the task. */
  | { readonly type: "start"; readonly data: unknown }
  /** There is a context of that name, which no signal of has aborted. */
  | {
    readonly type: "context";
    readonly context: number;
    readonly name: string;
  }
  /** Its `draining` aborts, or its `signal`. */
  | {
    readonly type: "tell" | "abort";
    readonly context: number;
    readonly reason: Wire;
  }
  /** A stage is called. */
  | {
    readonly type: "call";
    readonly call: number;
    readonly stage: Stage;
    readonly context: number;
  };

/** What a worker sends. */
export type FromWorker =
  /** Its module has called `exposeTask`, or has not and was loaded. */
  | { readonly type: "exposed" | "unexposed" }
  /** The task is made. */
  | { readonly type: "started"; readonly hasDrain: boolean }
  | { readonly type: "returned"; readonly call: number }
  /** What was thrown, if it is not the reason why the task was told to stop. */
  | { readonly type: "threw"; readonly call: number; readonly thrown?: Wire }
  | {
    readonly type: "note";
    readonly context: number;
    readonly message: string;
    readonly details: readonly (readonly [string, Wire])[] | undefined;
  }
  /** Nobody has caught this. */
  | { readonly type: "uncaught"; readonly thrown: Wire }
  /** It has closed itself. */
  | { readonly type: "closed" };

/** What messages are under, as the user's own cross between the same ports. */
export const KEY = "@goasync/core";

/** Puts a message into what crosses. */
export function enclose(message: ToWorker | FromWorker): unknown {
  return { [KEY]: message };
}

/** The message in what has crossed, if it is one of ours. */
export function messageIn<Message extends ToWorker | FromWorker>(
  crossed: unknown,
): Message | undefined {
  return Object(crossed)[KEY];
}
