import type { TaskError } from "@goasync/core";

/** What failed in managers within and in these, by the whole path, in order. */
export function leaves(
  errors: readonly TaskError[],
  above: readonly string[] = [],
): string[] {
  return errors.flatMap((error) => {
    const { cause, taskName, path, stage, code } = error;
    if (cause instanceof AggregateError) {
      return leaves(cause.errors, [...above, taskName]);
    }
    return `${[...above, ...path].join("/")} ${stage} ${code}`;
  });
}
