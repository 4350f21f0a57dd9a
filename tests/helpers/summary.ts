import type { TaskError } from "@goasync/core";

/** Says which tasks failed, where and why, in order. */
export function summary(errors: readonly TaskError[]): string[] {
  return errors.map(({ taskName, stage, code }) =>
    `${taskName} ${stage} ${code}`
  );
}
