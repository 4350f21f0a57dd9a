// Prints the import map to run with: deno.json where JSR answers, and the one
// beside this file where it does not. Says on standard error which it is.

const here = new URL("./import_map.json", import.meta.url);
try {
  await import("@std/assert");
  console.error("@std: from JSR");
  console.log("deno.json");
} catch {
  console.error("@std: stand-ins from tests/std, as JSR does not answer");
  console.log(new URL(here).pathname);
}
