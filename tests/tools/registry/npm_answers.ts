// What JSR answers to npm and its like, by path.
import { createHash } from "node:crypto";
import config from "../../../deno.json" with { type: "json" };
import { npmName } from "../node/package.ts";
import { type Answers, PUBLISHED_AT } from "./answers.ts";

const { version } = config;

/** The document and the tarball of the package, of which there is one version. */
export function npmAnswers(
  url: string,
  tarball: Uint8Array<ArrayBuffer>,
): Answers {
  const path = `/~/11/${npmName}/${version}.tgz`;
  const digest = (algorithm: string) => createHash(algorithm).update(tarball);
  const document = {
    name: npmName,
    "dist-tags": { latest: version },
    versions: {
      [version]: {
        name: npmName,
        version,
        dist: {
          tarball: url + path,
          shasum: digest("sha1").digest("hex"),
          integrity: `sha512-${digest("sha512").digest("base64")}`,
        },
        dependencies: {},
      },
    },
    time: {
      created: PUBLISHED_AT,
      modified: PUBLISHED_AT,
      [version]: PUBLISHED_AT,
    },
  };
  return new Map<string, BodyInit>([
    [`/${npmName}`, JSON.stringify(document)],
    [path, tarball],
  ]);
}
