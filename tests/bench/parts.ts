/** What can be measured by itself; README.md says what each is. */
export const PARTS = [
  "A",
  "B",
  "B'",
  "C",
  "C'",
  "D",
  "growth",
  "million",
  "first-run",
  "import",
  "size",
] as const;

export type Part = typeof PARTS[number];

/** The parts that a list with commas names: without any, all. */
export function partsIn(list: string): readonly Part[] {
  if (list === "") return PARTS;
  return list.split(",").map((name) => {
    const part = PARTS.find((part) => part === name);
    if (part) return part;
    throw new Error(
      `Cannot measure ${name}: it must be one of ${PARTS.join(", ")}`,
    );
  });
}
