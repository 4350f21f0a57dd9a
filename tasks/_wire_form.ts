import type { TaskErrorOptions } from "../mod.ts";

/** A value as it crosses from one thread to another. */
export type WireValue =
  /** It is copied as it is. */
  | { readonly is: "value"; readonly value: unknown }
  /** It is an error, which stands at that place of the list. */
  | { readonly is: "error"; readonly index: number }
  /** It cannot be copied: this is what messages show of it. */
  | { readonly is: "shown"; readonly text: string };

/**
 * An error as it crosses. The algorithm of `structuredClone` would drop its
 * code, its inner errors, and what class it is of.
 */
export interface WireError {
  /** The class of the language that it is of. */
  readonly kind: string;
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** If it is a primitive. */
  readonly code?: unknown;
  readonly cause?: WireValue;
  readonly errors?: readonly WireValue[];
  /** What a TaskError is made of besides its cause. */
  readonly task?: Omit<TaskErrorOptions, "cause">;
}

/** A value, with the errors in it, each of which stands once in the list. */
export interface Wire {
  readonly value: WireValue;
  readonly errors: readonly WireError[];
}
