/** What is needed of a request of `node:http`. */
export interface HealthNodeRequest {
  /** The path, with a query or without; proxies put the origin before it. */
  readonly url?: string | undefined;
  /** The method. */
  readonly method?: string | undefined;
}

/** What is needed of a response of `node:http`. */
export interface HealthNodeResponse {
  /** Whether somebody has begun the answer. */
  readonly headersSent?: boolean;
  /** Begins the answer. */
  writeHead(status: number, headers: Record<string, string>): unknown;
  /** Ends the answer. */
  end(body?: string): unknown;
}

/** An answer over HTTP. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What a path answers: whether it is well, and what is shown. */
export type Route = () => Promise<
  { readonly isWell: boolean; readonly data: object }
>;

const ORIGIN = /^https?:\/\/[^/?]*/i;

/** The path of what a request of `node:http` asks for. */
export function pathOf(url: string): string {
  const [path = ""] = url.replace(ORIGIN, "").split("?");
  return path;
}

/** Answers a request for one of some paths. */
export async function answer(
  routes: Readonly<Record<string, Route>>,
  method: string,
  path: string,
): Promise<Answer> {
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (!route) return json(404, { error: "Not found" });
  if (method !== "GET" && method !== "HEAD") {
    const { headers, ...rest } = json(405, { error: "Method not allowed" });
    return { ...rest, headers: { ...headers, allow: "GET, HEAD" } };
  }
  const { isWell, data } = await route();
  const said = json(isWell ? 200 : 503, data);
  return method === "HEAD" ? { ...said, body: "" } : said;
}

function json(status: number, data: object): Answer {
  return {
    status,
    headers: {
      "content-type": "application/json",
      "cache-control": "no-store",
    },
    body: JSON.stringify(data),
  };
}
