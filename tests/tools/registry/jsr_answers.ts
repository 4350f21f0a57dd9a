// What JSR answers to Deno, by path.
import { createHash } from "node:crypto";
import config from "../../../deno.json" with { type: "json" };
import { type Answers, PUBLISHED_AT } from "./answers.ts";
import type { Files } from "./files.ts";

const { name, version, exports } = config;
const [scope, packageName] = name.slice(1).split("/");

/** The documents and files of the package, of which there is one version. */
export function jsrAnswers(published: Files): Answers {
  const answers = new Map<string, BodyInit>();
  answers.set(
    `/${name}/meta.json`,
    JSON.stringify({
      scope,
      name: packageName,
      latest: version,
      versions: { [version]: { createdAt: PUBLISHED_AT } },
    }),
  );
  answers.set(
    `/${name}/${version}_meta.json`,
    JSON.stringify({ manifest: manifestOf(published), exports }),
  );
  for (const [path, content] of published) {
    answers.set(`/${name}/${version}/${path}`, content);
  }
  return answers;
}

function manifestOf(published: Files): Record<string, unknown> {
  return Object.fromEntries([...published].map(([path, content]) => {
    const checksum = createHash("sha256").update(content).digest("hex");
    return [
      `/${path}`,
      { size: content.length, checksum: `sha256-${checksum}` },
    ];
  }));
}
