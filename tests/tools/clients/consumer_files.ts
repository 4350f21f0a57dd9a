const FOLDER = new URL("consumer/", import.meta.url);

/** The program that uses everything the package exports: names and texts. */
export function consumerFiles(): [name: string, content: string][] {
  return [...Deno.readDirSync(FOLDER)].map((
    { name },
  ) => [name, Deno.readTextFileSync(new URL(name, FOLDER))]);
}
