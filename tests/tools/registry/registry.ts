// A registry on this machine that has one package, this one, and answers as JSR
// and its npm endpoint do.
import type { Answers } from "./answers.ts";
import { publishedFiles } from "./files.ts";
import { jsrAnswers } from "./jsr_answers.ts";
import { npmAnswers } from "./npm_answers.ts";
import { npmTarball } from "./npm_package.ts";

/** A registry that runs until it is disposed. */
export interface Registry extends AsyncDisposable {
  /** Where it is, without a slash at the end. */
  readonly url: string;
  /** The paths that it was asked for, in order. */
  readonly requests: readonly string[];
}

/** Starts a registry that has what a publish would upload now. */
export async function startRegistry(): Promise<Registry> {
  const published = await publishedFiles();
  const tarball = await npmTarball(published);
  const requests: string[] = [];
  const answers = new Map<string, BodyInit>();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen() {},
  }, (request) => {
    const path = decodeURIComponent(new URL(request.url).pathname);
    requests.push(path);
    return answer(answers, path);
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  for (
    const [path, body] of [
      ...jsrAnswers(published),
      ...npmAnswers(url, tarball),
    ]
  ) answers.set(path, body);
  return { url, requests, [Symbol.asyncDispose]: () => server.shutdown() };
}

function answer(answers: Answers, path: string): Response {
  const body = answers.get(path);
  if (body === undefined) return new Response("Not found", { status: 404 });
  const headers = new Headers({ "cache-control": "no-store" });
  if (typeof body === "string") headers.set("content-type", "application/json");
  return new Response(body, { headers });
}
