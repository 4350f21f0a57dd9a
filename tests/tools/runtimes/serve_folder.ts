/** A server of web pages that runs until it is disposed. */
export interface Pages extends AsyncDisposable {
  /** Where it is, without a slash at the end. */
  readonly url: string;
  /** Resolves with the first text that a page posts. */
  readonly posted: Promise<string>;
}

/** Serves an empty page and the modules of a folder. */
export function serveFolder(folder: string): Pages {
  const { promise: posted, resolve } = Promise.withResolvers<string>();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen() {},
  }, async (request) => {
    const { pathname } = new URL(request.url);
    if (request.method === "POST") resolve(await request.text());
    if (!pathname.endsWith(".js")) return answer("<!doctype html>", "html");
    try {
      return answer(await Deno.readTextFile(folder + pathname), "javascript");
    } catch {
      return new Response(null, { status: 404 });
    }
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    posted,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function answer(text: string, type: string): Response {
  return new Response(text, { headers: { "content-type": `text/${type}` } });
}
