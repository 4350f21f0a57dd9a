/** A bug, put into one file of the sources, that the tests have to notice. */
export interface Mutant {
  /** What the bug is. */
  readonly name: string;
  /** The rule or the feature that it breaks. */
  readonly rule: string;
  /** The file that has it, from the root. */
  readonly file: string;
  /** The text that is right; the file has it once. */
  readonly find: string;
  /** What stands in its place. */
  readonly replace: string;
  /** The test files that notice it, from `tests`. */
  readonly tests: readonly string[];
}

/** The text of a file with the bug in it. */
export function mutated(text: string, mutant: Mutant): string {
  const { name, file, find, replace } = mutant;
  const count = text.split(find).length - 1;
  if (count === 1) return text.replace(find, () => replace);
  throw new Error(
    `Cannot apply the mutant "${name}" as ${file} must have its text once: it has it ${count} times`,
  );
}
