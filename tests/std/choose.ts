// Prints the flags that say what the @std specifiers are: nothing but a lock
// file that stays as it is where all of them load from JSR, and else the
// modules beside this file. Says on standard error which it is.
import config from "../../deno.json" with { type: "json" };

const LONGEST_WAIT = 5_000;

const specifiers = Object.keys(config.imports).filter((specifier) =>
  specifier.startsWith("@std/")
);
const loaded = Promise.all(specifiers.map((specifier) => import(specifier)));
const late = new Promise((_, reject) => setTimeout(reject, LONGEST_WAIT));

try {
  await Promise.race([loaded, late]);
  console.error("@std: from JSR");
  console.log("--no-lock");
} catch {
  console.error("@std: the stand-ins in tests/std, as JSR does not answer");
  console.log(
    "--import-map=tests/std/import_map.json --lock=deno.lock --frozen",
  );
}
Deno.exit();
