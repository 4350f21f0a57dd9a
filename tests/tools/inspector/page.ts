// Bundles the page of the inspector from its sources into src/inspector/page.ts.
import { createHash } from "node:crypto";
import * as esbuild from "npm:esbuild@0.28.2";
import { root } from "../node/package.ts";

const SOURCES = `${root}/src/inspector/page`;

/** Where the bundle is. */
export const BUNDLE: string = `${root}/src/inspector/page.ts`;

/** The module that has the page, as its sources make it. */
export async function bundlePage(): Promise<string> {
  const style = await bundled("page.css", "css");
  const script = await bundled("main.ts", "esm");
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
  const parts: Record<string, string> = { policy, style, script };
  const html = await Deno.readTextFile(`${SOURCES}/page.html`);
  const page = html.replaceAll(
    /(?:\s*\/\*)?@(\w+)@(?:\*\/\s*)?/g,
    (_, name) => parts[name] ?? "",
  );
  const lines = page.split("\n").map((line) => `  ${JSON.stringify(line)},`);
  return `// Made of page/ by \`deno task inspector:page\`: change what is there.
// deno-fmt-ignore-file
/** What the page may load, and who may frame it. */
export const PAGE_POLICY: string =
  ${JSON.stringify(`${policy}; frame-ancestors 'none'`)};

/** The page. */
export const PAGE: string = [
${lines.join("\n")}
].join("\\n");
`;
}

async function bundled(file: string, format: "css" | "esm"): Promise<string> {
  const { outputFiles: [output] } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [`${SOURCES}/${file}`],
    bundle: true,
    write: false,
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    ...format === "esm" && { format, platform: "browser" },
  });
  const text = output?.text ?? "";
  if (/<\/(?:script|style)/i.test(text)) throw new Error(`${file} ends itself`);
  return `\n${text.replaceAll(/^ *\/\/ .*\n/gm, "")}`;
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

if (import.meta.main) {
  await Deno.writeTextFile(BUNDLE, await bundlePage());
  await esbuild.stop();
}
