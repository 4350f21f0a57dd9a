// Runs the portable tests on the Node of the PATH and on the newest one,
// against the package as npm gets it from JSR, and compares with Deno. Tries
// the quick start and the entries of the package, too.
import { bundle } from "./bundle.ts";
import { portableTests } from "./portable_tests.ts";
import { createProject } from "./project.ts";
import { nodeOfNpm, testOnDeno, testOnNode, versionOf } from "./runtimes.ts";
import { tryPackage } from "./try_package.ts";

async function run(scratch: string): Promise<void> {
  const sources = portableTests();
  const { files, packages } = await bundle(sources, scratch);
  await createProject(scratch, packages);
  const nodes = ["node", await nodeOfNpm("latest", scratch)];

  const onDeno = await testOnDeno(sources, scratch);
  const expected = onDeno.passed + onDeno.failed;
  console.log(`The same on Deno ${Deno.version.deno}: ${expected} tests`);
  if (expected === 0 || onDeno.failed > 0) Deno.exitCode = 1;

  for (const node of nodes) {
    await tryPackage(node, scratch);
    const { passed, failed } = await testOnNode(node, files, scratch);
    const version = await versionOf(node);
    console.log(`Node ${version}: ${passed} passed, ${failed} failed`);
    const missing = expected - passed - failed;
    if (missing !== 0) console.log(`It ran ${missing} tests less than Deno`);
    if (failed > 0 || missing !== 0) Deno.exitCode = 1;
  }
}

const scratch = await Deno.makeTempDir({ prefix: "goasync-" });
try {
  await run(scratch);
} finally {
  await Deno.remove(scratch, { recursive: true });
}
