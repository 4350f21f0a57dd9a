import { assertEquals } from "@std/assert";
import { succeed } from "../node/command.ts";
import { nodeOfNpm, testOnNode, versionOf } from "../node/runtimes.ts";
import { tryPackage } from "../node/try_package.ts";
import { mainChecks } from "../../processes/main/checks.ts";
import { startBundle } from "../../processes/main/program.ts";
import { terminalChecks } from "../../processes/terminal/checks.ts";
import { terminal } from "../../processes/terminal/terminal.ts";
import type { RuntimeSource } from "./runtime.ts";

/** A Node of npm, as `20` or `latest`. */
export function node(release: string): RuntimeSource {
  return {
    name: `Node ${release}`,
    async get(project, tryOne) {
      const { folder, nodeTests, nodeServerTests } = project;
      const path = await nodeOfNpm(release, folder);
      await tryOne({
        name: "Node",
        version: (await versionOf(path)).replace("v", ""),
        host: "program",
        test: () => testOnNode(path, nodeTests, folder),
        run: async (bundle) =>
          JSON.parse(await succeed(path, [bundle], { cwd: folder })),
        checks: {
          "as a package": () => tryPackage(path, folder),
          "with servers and children of its own": async () => {
            const { failed } = await testOnNode(path, nodeServerTests, folder);
            assertEquals(failed, 0);
          },
          ...terminalChecks(terminal(folder, path)),
          ...mainChecks(startBundle(folder, path)),
        },
      });
    },
  };
}
