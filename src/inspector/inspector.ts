import {
  type Asked,
  refusal,
  refusalOfControl,
  refusalOfData,
} from "./admission.ts";
import { type Answer, answer, say } from "./answer.ts";
import { Broadcast } from "./broadcast.ts";
import { cancelTask, stopAll } from "./control.ts";
import { messageOf } from "../messages.ts";
import { Failures } from "./failures.ts";
import {
  type InspectorNodeRequest,
  type InspectorNodeResponse,
  nodeListener,
} from "./node_listener.ts";
import {
  type InspectedManager,
  type InspectorOptions,
  type InspectorSettings,
  settingsOf,
} from "./options.ts";
import { PAGE, PAGE_POLICY } from "./page.ts";

/** Serves the page that shows a manager. */
export interface Inspector extends Disposable {
  /** What whoever looks has to know: it belongs behind the `#` of the address. */
  readonly token: string;
  /**
   * Answers a web request, as `Deno.serve` and others hand it on. Bound.
   *
   * @param request The request.
   * @returns A promise of the answer, which never rejects.
   */
  readonly fetch: (request: Request) => Promise<Response>;
  /**
   * Answers a request of `node:http`, or one of `node:https` or `node:http2`.
   * Bound: `createServer(inspector.node)`.
   *
   * @param request The request.
   * @param response Where the answer goes.
   */
  readonly node: (
    request: InspectorNodeRequest,
    response: InspectorNodeResponse,
  ) => void;
  /** Ends what is sent to those who look. */
  [Symbol.dispose](): void;
}

/**
 * Makes a web handler that serves one page: the tree of managers and tasks, a
 * timeline of their stages, who is waited for and how much of which limit is
 * left, errors with their stacks, and notes; live, and after the end to be saved.
 *
 * - Mount it where the path ends with a slash. It needs no file, no build step
 *   and no other host.
 * - The page holds nothing of the program. All else is told only to who sends
 *   the `token`, which the page takes from behind the `#` of its address: print
 *   that address where those can read it who may look.
 * - It is answered at loopback names only, and at `hosts`: so no page of somebody
 *   else can ask by a name of its own that it points here. Nothing is allowed to
 *   other origins. Behind a proxy, let that speak TLS.
 * - It shows, and does not touch, unless `control` is true.
 * - While nobody looks, it does not even listen, and costs nothing. While
 *   somebody does, it tells what has changed at most ten times a second, worked
 *   out once for all, and takes at most a tenth of the time. Of a failure that
 *   came while nobody looked, it has the message, but no stack; `runMain` with
 *   `inspect`, which listens anyway, has both.
 *
 * It shows what the report has, and stacks: no redaction is applied.
 *
 * @example Who may look
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { inspector } from "@goasync/core/inspector";
 * import { assertEquals } from "@std/assert";
 *
 * const manager = new TaskManager();
 * using page = inspector(manager);
 * const ask = (url: string, token: string) =>
 *   page.fetch(
 *     new Request(url, { headers: { authorization: `Bearer ${token}` } }),
 *   );
 *
 * const story = await ask("http://localhost:9230/story", page.token);
 * assertEquals((await story.json()).report.state, "idle");
 * assertEquals((await ask("http://localhost:9230/story", "?")).status, 401);
 * assertEquals((await ask("http://evil.test/story", page.token)).status, 403);
 * ```
 *
 * @param manager The manager, which may be idle, run, or be over.
 * @param options Who may look, and what they may do.
 * @returns What answers requests.
 * @throws {TypeError} If the manager lacks a method, or an option is not what it
 * must be.
 */
export function inspector(
  manager: InspectedManager,
  options: InspectorOptions = {},
): Inspector {
  return inspectorOf(manager, options, new Failures());
}

/** The same, where somebody else may listen for failures, too. */
export function inspectorOf(
  manager: InspectedManager,
  options: InspectorOptions,
  failures: Failures,
): Inspector {
  const settings = settingsOf(manager, options);
  const broadcast = new Broadcast(manager, settings.control, failures);
  const answerTo = (asked: Asked) => {
    try {
      return answerOf(asked, manager, settings, broadcast);
    } catch (thrown) {
      return say(500, `This cannot be answered: ${messageOf(thrown)}`);
    }
  };
  return {
    token: settings.token,
    fetch: (request) => Promise.resolve(toResponse(request, answerTo)),
    node: nodeListener(answerTo),
    [Symbol.dispose]: () => broadcast.end(),
  };
}

function answerOf(
  asked: Asked,
  manager: InspectedManager,
  settings: InspectorSettings,
  broadcast: Broadcast,
): Answer {
  const refused = refusal(asked, settings);
  if (refused) return say(refused.status, refused.why);
  const [path = "", query = ""] = asked.target.split("?");
  const name = path.slice(path.lastIndexOf("/") + 1);
  const route = Object.hasOwn(ROUTES, name) ? ROUTES[name] : undefined;
  if (!route) return say(404, "Not found");
  const { methods, isOpen = false, respond } = route;
  if (!methods.includes(asked.method)) {
    return say(405, "Method not allowed", { allow: methods.join(", ") });
  }
  const kept = isOpen ? undefined : refusalOfData(asked, settings);
  const stopped = methods === POST ? refusalOfControl(asked) : undefined;
  const why = kept ?? stopped;
  if (why) return say(why.status, why.why);
  return respond({ asked, query, manager, settings, broadcast });
}

/** What an answer is made of. */
interface Given {
  readonly asked: Asked;
  readonly query: string;
  readonly manager: InspectedManager;
  readonly settings: InspectorSettings;
  readonly broadcast: Broadcast;
}

interface Route {
  readonly methods: readonly string[];
  /** Whether it tells nothing of the program, and so needs no token. */
  readonly isOpen?: boolean;
  readonly respond: (given: Given) => Answer;
}

const GET = ["GET", "HEAD"];
const POST = ["POST"];

/** What is answered, by the last part of the path. */
const ROUTES: Readonly<Record<string, Route>> = {
  "": {
    methods: GET,
    isOpen: true,
    respond: () =>
      answer(200, "text/html; charset=utf-8", PAGE, {
        "content-security-policy": PAGE_POLICY,
      }),
  },
  "story": {
    methods: GET,
    respond: ({ broadcast }) =>
      answer(200, "application/json", JSON.stringify(broadcast.story())),
  },
  "events": {
    methods: ["GET"],
    respond: ({ asked, broadcast }) =>
      answer(
        200,
        "text/event-stream",
        broadcast.open(asked.header("last-event-id")),
        // Whoever passes it on must not wait for more to compress.
        {
          "cache-control": "no-store, no-transform",
          "x-accel-buffering": "no",
        },
      ),
  },
  "stop": {
    methods: POST,
    respond: (given) => controlled(given, () => stopAll(given.manager)),
  },
  "cancel": {
    methods: POST,
    respond: (given) => {
      const name = new URLSearchParams(given.query).get("task") ?? "";
      return controlled(given, () => cancelTask(given.manager, name));
    },
  },
};

function controlled({ settings }: Given, act: () => Answer): Answer {
  return settings.control
    ? act()
    : say(403, "It only shows, as its option 'control' is not true");
}

function toResponse(
  request: Request,
  answerTo: (asked: Asked) => Answer,
): Response {
  const { method, headers } = request;
  const { host, pathname, search } = new URL(request.url);
  const { body, ...init } = answerTo({
    method,
    target: pathname + search,
    host: headers.get("host") ?? host,
    header: (name) => headers.get(name),
  });
  return new Response(method === "HEAD" ? null : body, init);
}
