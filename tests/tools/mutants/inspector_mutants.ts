import type { Mutant } from "./mutant.ts";

/** A bug of a file of the inspector. */
type Bug = Omit<Mutant, "rule" | "file" | "tests">;

const TELLING = "inspector/telling_test.ts";
const WHO = "inspector/who_may_look_test.ts";
const EDGES = "inspector/edges_test.ts";
const ARGUMENTS = "inspector/arguments_test.ts";
const MAIN = "inspector/main_test.ts";
const SERVERS = "servers/inspect_test.ts";
const PARTS = "project/inspector_parts_test.ts";

/** Bugs of the inspector, and of `runMain` with `inspect`. */
export const inspectorMutants: readonly Mutant[] = [
  ...of("src/inspector/admission.ts", [WHO, TELLING], [
    {
      name: "lets a page of another origin ask",
      find: `if (!isOfThisOrigin(asked)) {`,
      replace: `if (asked.method === "") {`,
    },
    {
      name: "takes the origin of any scheme",
      find: `["http", "https"].some(`,
      replace: `["http", "https", "ftp"].some(`,
    },
    {
      name: "tells pages of the same site",
      find: `["same-origin", null]`,
      replace: `["same-origin", "same-site", null]`,
    },
    {
      name: "tells whoever sends any token",
      find: `if (hasToken(asked.header("authorization"), token)) return;`,
      replace: `if (asked.header("authorization") || !token) return;`,
    },
    {
      name: "is controlled by who sends no origin",
      find: `if (asked.header("origin") !== null) return;`,
      replace: `if (asked.header("origin") !== "") return;`,
    },
  ]),
  ...of("src/inspector/host.ts", [WHO], [
    {
      name: "is answered at what is no host",
      find: `if (name === undefined) return false;`,
      replace: `if (name === undefined) return true;`,
    },
    {
      name: "takes a host that begins like loopback",
      find: `^(?:localhost|`,
      replace: `^(?:localhost.*|`,
    },
    {
      name: "takes a host at any port",
      find: "hosts.includes(`${name}:${port}`)",
      replace: "hosts.some((host) => host.startsWith(`${name}:`) || !port)",
    },
    {
      name: "knows no default ports",
      find: `const DEFAULT_PORTS = ["80", "443"];`,
      replace: `const DEFAULT_PORTS: string[] = [];`,
    },
  ]),
  ...of("src/inspector/token.ts", [WHO, PARTS], [
    {
      name: "compares a token up to where it differs",
      find: `difference |= given[index]! ^ expected[index]!;`,
      replace: `if (given[index] !== expected[index]) return false;`,
    },
    {
      name: "takes a token that goes on",
      find: `let difference = given.length ^ expected.length;`,
      replace: `let difference = 0;`,
    },
    {
      name: "makes a token of 64 bits",
      find: `new Uint8Array(16)`,
      replace: `new Uint8Array(8)`,
    },
  ]),
  ...of("src/inspector/answer.ts", [WHO], [
    {
      name: "can be framed by old browsers",
      find: `"x-frame-options": "DENY",`,
      replace: ``,
    },
    {
      name: "is kept by a cache",
      find: `"cache-control": "no-store",`,
      replace: ``,
    },
  ]),
  ...of("src/inspector/inspector.ts", [WHO, TELLING, EDGES], [
    {
      name: "finds the paths of every object",
      find: `Object.hasOwn(ROUTES, name) ? ROUTES[name] : undefined`,
      replace: `ROUTES[name]`,
    },
    {
      name: "throws what it cannot answer",
      find: `return say(500, `,
      replace: `throw say(500, `,
    },
    {
      name: "controls although it only shows",
      find: `return settings.control`,
      replace: `return settings`,
    },
    {
      name: "is controlled by GET",
      find: `const POST = ["POST"];`,
      replace: `const POST = ["POST", "GET"];`,
    },
    {
      name: "answers HEAD with a body",
      find: `method === "HEAD" ? null : body`,
      replace: `body`,
    },
    {
      name: "has its events held back to be compressed",
      find: `"cache-control": "no-store, no-transform",`,
      replace: ``,
    },
    {
      name: "takes the lack of a Host for loopback",
      find: `host: headers.get("host") ?? host,`,
      replace: `host: headers.get("host") ?? (host && "localhost"),`,
    },
  ]),
  ...of("src/inspector/node_listener.ts", [WHO, EDGES, SERVERS], [
    {
      name: "sends on what is not taken",
      find: `if (response.write(value) !== false) continue;`,
      replace: `if (response.write(value) !== null) continue;`,
    },
    {
      name: "knows no host of HTTP/2",
      find: `header(":authority") ?? header("host")`,
      replace: `header("host")`,
    },
    {
      name: "takes the first of two origins",
      find: "`${value}`; // Several",
      replace: "String([value].flat()[0]); // Several",
    },
    {
      name: "goes on for who has left",
      find: `void reader.cancel();`,
      replace: ``,
    },
    {
      name: "goes on for who had left before",
      find: `if (response.destroyed) return await reader.cancel();`,
      replace: ``,
    },
  ]),
  ...of("src/inspector/broadcast.ts", [TELLING, EDGES, SERVERS], [
    {
      name: "tells times by a clock that can be set",
      find: `const age = performance.now() - this.#toldAt;`,
      replace: `const age = Date.now() - this.#toldAt;`,
    },
    {
      name: "tells all anew to who comes back",
      find: `lastId === this.#id ? alive() : this.#whole()`,
      replace: `lastId === "" ? alive() : this.#whole()`,
    },
    {
      name: "takes a restarted program for the one before",
      find: `readonly #run = randomToken().slice(0, 8);`,
      replace: `readonly #run = randomToken().slice(0, 0);`,
    },
    {
      name: "tells the end when the process is gone",
      find: `if (isEnd(event)) this.#tell();`,
      replace: `if (isEnd(event)) this.#changed();`,
    },
    {
      name: "ends the program by what cannot be told",
      find: `    } catch {
      // It is more`,
      replace: `    } catch (thrown) {
      throw thrown;
      // It is more`,
    },
    {
      name: "listens on when nobody looks",
      find: `    this.#teller.end();
    this.#isStale`,
      replace: `    this.#isStale`,
    },
    {
      name: "shows no sign of life",
      find: `this.#send(alive());`,
      replace: ``,
    },
    {
      name: "takes half of the time",
      find: `const REST = 9;`,
      replace: `const REST = 1;`,
    },
  ]),
  ...of("src/inspector/looker.ts", [TELLING, EDGES], [
    {
      name: "has any number of messages wait for who is slow",
      find: `const MAX_WAITING = 8;`,
      replace: `const MAX_WAITING = 8_000;`,
    },
    {
      name: "never tells who is behind what it has missed",
      find: `pull: () => this.#catchUp(),`,
      replace: ``,
    },
    {
      name: "ends without telling who is behind of the end",
      find: `    this.#catchUp();
    this.#controller.close();`,
      replace: `    this.#controller.close();`,
    },
  ]),
  ...of("src/inspector/changes.ts", [PARTS], [
    {
      name: "leaves a field behind that is called as one of every object",
      find: `!Object.hasOwn(after, key)`,
      replace: `!(key in after)`,
    },
    {
      name: "leaves items behind that are gone",
      find: `before.slice(0, changes.length)`,
      replace: `before.slice()`,
    },
  ]),
  ...of("src/inspector/failures.ts", [TELLING, EDGES], [
    {
      name: "tells a failure within twice",
      find: `if (hasErrors(error.cause) && this.#isKnownWithin(path)) return;`,
      replace: ``,
    },
    {
      name: "keeps any number of failures",
      find: `if (this.kept.length >= KEPT) return void this.more++;`,
      replace: ``,
    },
    {
      name: "tells no causes",
      find: `if (cause === undefined ||`,
      replace: `if (cause !== null ||`,
    },
    {
      name: "asks of errors that throw whether they are an array",
      find: `typeof fieldOf(errors, "length") === "number"`,
      replace: `Array.isArray(errors)`,
    },
    {
      name: "reads a stack that throws",
      find: `fieldOf(thrown, "stack")`,
      replace: `Object(thrown).stack`,
    },
  ]),
  ...of("src/inspector/story.ts", [TELLING, EDGES], [
    {
      name: "sees nothing of a manager within that is gone in a moment",
      find: `if (isLateWithin(event)) this.#lookWithin();`,
      replace: ``,
    },
    {
      name: "looks within however long that takes",
      find: `if (this.#paidAt - start > AT_ONCE / SHARE) return;`,
      replace: ``,
    },
  ]),
  ...of("src/inspector/within.ts", [TELLING], [
    {
      name: "forgets managers that are over",
      find: `return [...over.slice(-KEPT), ...now];`,
      replace: `return now;`,
    },
    {
      name: "takes two managers that started at once for one",
      find: `!tookOut(alive, identityOf(each))`,
      replace: `!alive.includes(identityOf(each))`,
    },
    {
      name: "gives execute tasks of one name the managers of each other",
      find: `alone.has(key) ? add(`,
      replace: `key ? add(`,
    },
    {
      name: "says of a manager that is over that it runs",
      find: `return { ...report, state: "finished", since: report.duration };`,
      replace: `return report;`,
    },
  ]),
  ...of("src/inspector/control.ts", [TELLING], [
    {
      name: "cancels the first of several of a name",
      find: `if (others.length > 0) return say(409,`,
      replace: `if (others.length > 9) return say(409,`,
    },
    {
      name: "stops without a word of who has done so",
      find: `new DOMException(STOPPED, "AbortError")`,
      replace: `new DOMException("", "AbortError")`,
    },
  ]),
  ...of("src/inspector/options.ts", [ARGUMENTS, MAIN, WHO], [
    {
      name: "shows a token that is refused",
      find: `typeof token === "string" ? "…" : token`,
      replace: `token`,
    },
    {
      name: "takes a token that can be guessed",
      find: `{16,}`,
      replace: `{4,}`,
    },
    {
      name: "tells hosts of other letters apart",
      find: `hosts.map((host) => host.toLowerCase())`,
      replace: `hosts`,
    },
  ]),
  ...of("src/inspector/page/rows.ts", [PARTS], [
    {
      name: "believes the clock when a manager within has started",
      find:
        `return Math.max(0, Math.min(Math.max(byClock, earliest), latest));`,
      replace: `return byClock;`,
    },
    {
      name: "has one row for two managers that started at once",
      find: "m${startedAt}.${nth}",
      replace: "m${startedAt}",
    },
  ]),
  ...of("src/main/inspection.ts", [MAIN, SERVERS], [
    {
      name: "keeps the process alive by its server",
      find: `server.unref();`,
      replace: ``,
    },
    {
      name: "waits for its own sockets on Deno",
      find: `, ...[...this.#sockets].map(() => "TCPSocketWrap")];`,
      replace: `];`,
    },
    {
      name: "is served at every address",
      find: `server.listen({ port, host: HOST }`,
      replace: `server.listen({ port, host: "0.0.0.0" }`,
    },
    {
      name: "does not say that the port is in use",
      find: `code === "EADDRINUSE"`,
      replace: `code === "EACCES"`,
    },
    {
      name: "breaks off what those who look are told",
      find: `    this.#inspector[Symbol.dispose]();
    for`,
      replace: `    for`,
    },
    {
      name: "does not wait for what those who look are told last",
      find: `turn < TURNS && this.#sockets.size > 0`,
      replace: `turn < 0 && this.#sockets.size > 0`,
    },
    {
      name: "listens on where the process goes on",
      find: `this.#server?.close();`,
      replace: ``,
    },
  ]),
  ...of("src/main/ending.ts", [MAIN], [
    {
      name: "takes the page for what keeps the process alive",
      find: `for (const name of own()) {`,
      replace: `for (const name of own().slice(9)) {`,
    },
  ]),
  ...of("src/main/options.ts", [ARGUMENTS], [
    {
      name: "takes a port that is none",
      find: `port <= 65_535`,
      replace: `port <= 65_536`,
    },
  ]),
  ...of("src/main/main_run.ts", [SERVERS], [
    {
      name: "has no stack of what failed while nobody looked",
      find: `this.#inspection?.hear(event);`,
      replace: ``,
    },
  ]),
  ...of("src/main/mod.ts", [SERVERS], [
    {
      name: "serves the page when the first task has begun",
      find: `if (served) await served;`,
      replace: `if (served) void served;`,
    },
  ]),
];

/** Bugs of one file, which the same tests notice. */
function of(
  file: string,
  tests: readonly string[],
  bugs: readonly Bug[],
): Mutant[] {
  return bugs.map((bug) => ({ ...bug, rule: "inspector", file, tests }));
}
