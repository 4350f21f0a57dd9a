import { byDeno } from "../runtimes/bundle.ts";
import { root } from "../node/package.ts";

const PROGRAMS = `${root}/tests/tools/workers/programs`;

/** Those that are bundled, as other runtimes cannot read the package. */
const BUNDLED = [
  "program",
  "many",
  "run",
  "task",
  "answers",
  "unexposed",
  "throws",
  "times_out",
  "spins",
  "expose_task",
];

/** A worker that is written as it runs, where types are stripped. */
const TYPED = `import { exposeTask } from "./expose_task.js";

interface Context {
  note(message: string): void;
  readonly done: Promise<void>;
}

exposeTask(({ note, done }: Context): Promise<void> => {
  note("executes");
  return done;
});
`;

/** Makes a folder with the program and the modules of workers. */
export async function makeModules(folder: string): Promise<void> {
  for (const name of BUNDLED) {
    const source = `export * from ${JSON.stringify(`${PROGRAMS}/${name}.ts`)};`;
    await byDeno(source, folder, `${folder}/${name}.js`);
  }
  await Deno.writeTextFile(`${folder}/broken.js`, "let a b c;\n");
  await Deno.writeTextFile(`${folder}/typed.ts`, TYPED);
  await Deno.writeTextFile(`${folder}/package.json`, '{ "type": "module" }\n');
}
