import { root } from "../node/package.ts";

/** Where a program runs: a file of the folder hosts. */
export type Host = "page" | "worker" | "workerd" | "program";

/** The source of a module that runs the tests of some files on a host. */
export function testsOn(host: Host, tests: readonly string[]): string {
  // Within a function, as fake timers start a timer when they are loaded, which
  // workerd allows while it answers a request only.
  const imports = tests.map((path) => `await import(${JSON.stringify(path)});`);
  return on(host, "tests/std/bdd_web.ts", "runTests", imports.join("\n"));
}

/** The source of a module that runs a program of the folder programs on a host. */
export function programOn(host: Host, name: string): string {
  return on(host, `tests/runtimes/programs/${name}.ts`, "run", "");
}

function on(host: Host, path: string, name: string, before: string): string {
  return `
import host from "${root}/tests/runtimes/hosts/${host}.ts";
import { ${name} } from "${root}/${path}";
export default host(async () => {
${before}
return await ${name}();
});
`;
}
