import { root } from "../node/package.ts";

/** Where a program runs: a file of the folder hosts. */
export type Host = "page" | "worker" | "workerd" | "program";

/** The source of a module that runs the tests of some files on a host. */
export function testsOn(host: Host, tests: readonly string[]): string {
  const imports = tests.map((path) => `import ${JSON.stringify(path)};\n`);
  return imports.join("") + on(host, "tests/std/bdd_web.ts", "runTests");
}

/** The source of a module that runs a program of the folder programs on a host. */
export function programOn(host: Host, name: string): string {
  return on(host, `tests/tools/runtimes/programs/${name}.ts`, "run");
}

function on(host: Host, path: string, name: string): string {
  return `
import host from "${root}/tests/tools/runtimes/hosts/${host}.ts";
import { ${name} } from "${root}/${path}";
export default host(${name});
`;
}
