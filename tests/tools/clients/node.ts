import { dirname } from "node:path";
import { npmName } from "../node/package.ts";
import type { Client, ClientSource } from "./client.ts";
import { Folder } from "./folder.ts";
import { installLine } from "./install_line.ts";
import { pinned, VERSIONS } from "./tools.ts";
import { EMITTED_CONSUMER, TYPE_CHECKS } from "./typescript.ts";

/** A Node that npm has, as `20` or `latest`, with npm and with jsr. */
export function node(release: string): ClientSource {
  return {
    name: `Node ${release}`,
    get: async (scratch) => {
      const client = await nodeClient(release, scratch);
      const npm = await new Folder(scratch, client.programs).run("npm -v");
      return {
        ...client,
        tools: [`npm ${npm}`, `jsr ${VERSIONS.jsr}`, ...client.tools],
        install: installLine("Node", {
          "npx jsr": `npx --yes ${pinned("jsr")}`,
        }),
      };
    },
  };
}

/** The newest Node, with pnpm. */
export const pnpm: ClientSource = {
  name: "pnpm",
  get: async (scratch) => {
    const client = await nodeClient("latest", scratch);
    return {
      ...client,
      runtime: `pnpm ${VERSIONS.pnpm}`,
      tools: [client.runtime, ...client.tools],
      install: installLine("pnpm", { pnpm: `npx --yes ${pinned("pnpm")}` }),
    };
  },
};

async function nodeClient(
  release: string,
  scratch: string,
): Promise<Omit<Client, "install">> {
  const path = await new Folder(scratch).run(
    `npx --yes node@${release} --print process.execPath`,
  );
  const programs = [dirname(path)];
  const version = await new Folder(scratch, programs).run("node --version");
  return {
    runtime: `Node ${version}`,
    tools: [`TypeScript ${VERSIONS.typescript}`],
    programs,
    env: {},
    asksFor: `/${npmName}`,
    checks: TYPE_CHECKS,
    quickStart: "node quick_start.mjs",
    consumer: `node ${EMITTED_CONSUMER}`,
  };
}
