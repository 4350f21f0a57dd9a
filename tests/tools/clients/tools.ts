import { Folder } from "./folder.ts";

/** The versions of what is used from npm. */
export const VERSIONS = {
  "@types/node": "26.6.6",
  bun: "1.4.5",
  concurrently: "10.0.7",
  "cross-env": "10.1.0",
  "dotenv-cli": "11.0.0",
  jsr: "0.14.3",
  nodemon: "3.1.14",
  pnpm: "12.21.0",
  tsx: "4.23.15",
  typescript: "7.0.2",
  workerd: "1.20261117.1",
  yarn: "1.22.22",
} as const;

type Tool = keyof typeof VERSIONS;

/** Names a tool with its version, as npm takes it. */
export function pinned(tool: Tool): string {
  return `${tool}@${VERSIONS[tool]}`;
}

/** Installs tools into a folder, and returns the folder of their programs. */
export async function installTools(
  path: string,
  tools: readonly Tool[],
): Promise<string> {
  const folder = new Folder(path);
  await folder.write("package.json", '{ "private": true }\n');
  await folder.run(`npm install ${tools.map(pinned).join(" ")}`);
  return `${path}/node_modules/.bin`;
}
