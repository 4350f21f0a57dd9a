const README = new URL("../../../README.md", import.meta.url);

/**
 * What the README says one types to install the package, with the version of a
 * tool pinned.
 */
export function installLine(client: string, pins: Pins = {}): string {
  const [, section = ""] = Deno.readTextFileSync(README).split("## Install");
  const lines = section.split("\n").map((line) => line.split(/ +# /));
  const [line] = lines.find(([, comment]) => comment === client) ?? [];
  if (line === undefined) {
    throw new Error(`Expected the README to say how to install for ${client}`);
  }
  return Object.entries(pins).reduce(
    (line, [tool, pinned]) => line.replace(`${tool} `, `${pinned} `),
    line,
  );
}

/** By what they replace, as in `{ "npx jsr": "npx --yes jsr@0.14.3" }`. */
type Pins = Readonly<Record<string, string>>;
