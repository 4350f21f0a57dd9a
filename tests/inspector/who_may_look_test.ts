import { TaskManager } from "@goasync/core";
import { type Inspector, inspector } from "@goasync/core/inspector";
import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ask } from "../helpers/looks.ts";

const PATHS = ["", "story", "events", "stop", "cancel", "nothing"];

const page = (options = {}): Inspector => inspector(new TaskManager(), options);

/**
 * Asks as a server of `node:http` does, which every header can be given to, and
 * looks no longer.
 */
function askNode(
  page: Inspector,
  url: string,
  headers: Record<string, string | string[]>,
  method = "GET",
): { status: number; headers: Record<string, string>; body: string } {
  const answer = { status: 0, headers: {}, body: "" };
  page.node({
    url,
    method,
    headers: {
      host: "localhost:9230",
      authorization: `Bearer ${page.token}`,
      ...headers,
    },
  }, {
    writeHead: (status, headers) => Object.assign(answer, { status, headers }),
    write: () => true,
    end: (body = "") => Object.assign(answer, { body }),
    on: () => {},
  });
  page[Symbol.dispose]();
  return answer;
}

describe("an inspector tells", () => {
  it("whoever has the token, by a header", async () => {
    const it = page();
    const { status } = await ask(it, "story");
    assertEquals(status, 200);
  });

  it("nobody else anything of the program", async () => {
    const it = page({ token: "0123456789abcdef" });
    for (const path of ["story", "events"]) {
      for (
        const authorization of [
          "",
          "Bearer",
          "Bearer 0123456789abcdeF",
          "Bearer 0123456789abcde",
          "Bearer 0123456789abcdef0",
          "Basic 0123456789abcdef",
          "0123456789abcdef",
        ]
      ) {
        const response = await ask(it, path, { headers: { authorization } });
        assertEquals([path, authorization, response.status], [
          path,
          authorization,
          401,
        ]);
        assertMatch(await response.text(), /^The token is missing or wrong/);
      }
    }
  });

  it("nobody who sends no such header", async () => {
    const request = new Request("http://localhost/story");
    assertEquals((await page().fetch(request)).status, 401);
  });

  it("nobody by a token in the address", async () => {
    const it = page();
    const headers = { authorization: "" };
    const { status } = await ask(it, `story?token=${it.token}`, { headers });
    assertEquals(status, 401);
  });

  it("the page itself to anybody, as it holds nothing of the program", async () => {
    const manager = new TaskManager();
    manager.addTask("secret name", { cleanup() {} });
    const it = inspector(manager);
    const response = await ask(it, "", { headers: { authorization: "" } });
    assertEquals(response.status, 200);
    const html = await response.text();
    assertMatch(html, /^<!doctype html>/);
    assertEquals(
      html.includes("secret name") || html.includes(it.token),
      false,
    );
  });

  it("a token of 128 random bits, another one each time", () => {
    const tokens = [page(), page()].map(({ token }) => token);
    for (const token of tokens) assertMatch(token, /^[\da-f]{32}$/);
    assertEquals(new Set(tokens).size, 2);
  });
});

describe("an inspector is answered at", () => {
  for (
    const host of [
      "localhost",
      "LOCALHOST:9230",
      "app.localhost:1",
      "127.0.0.1:9230",
      "127.1.2.3",
      "[::1]:9230",
      "inspect.test:80",
      "inspect.test",
      "other.test:81",
      "secure.test",
      "secure.test:443",
    ]
  ) {
    it(`a name of loopback or one of its hosts: ${host}`, () => {
      const it = page({
        hosts: ["Inspect.test", "other.test:81", "secure.test:443"],
      });
      assertEquals(askNode(it, "/story", { host }).status, 200);
    });
  }

  for (
    const host of [
      "",
      "evil.test",
      "evil.test:9230",
      "localhost.evil.test:9230",
      "evil-localhost",
      "localhost.",
      "localhost:9230@evil.test",
      "127.0.0.1.evil.test",
      "128.0.0.1",
      "0.0.0.0:9230",
      "[::2]",
      "other.test",
      "other.test:82",
      "localhost:http",
      "localhost, evil.test",
    ]
  ) {
    it(`no other, as one that was rebound to here: "${host}"`, () => {
      const it = page({ hosts: ["other.test:81"] });
      for (const path of PATHS) {
        const { status, body } = askNode(it, `/${path}`, { host });
        assertEquals(status, 403, path);
        assertEquals(body, "This host is not one of 'hosts'\n");
      }
    });
  }

  it("the authority that HTTP/2 has for a host, whatever else is sent", () => {
    const it = page();
    const ask = (authority: string) =>
      askNode(it, "/story", { ":authority": authority }).status;
    assertEquals(ask("localhost:9230"), 200);
    assertEquals(ask("evil.test:9230"), 403);
  });

  it("that of the address, where there is no Host header", async () => {
    const it = page();
    const { status } = await ask(it, "story", {}, "http://evil.test:9230");
    assertEquals(status, 403);
  });
});

describe("an inspector refuses", () => {
  for (
    const origin of [
      "http://evil.test",
      "http://localhost:9231",
      "http://localhost",
      "http://127.0.0.1:9230",
      "ftp://localhost:9230",
      "null",
      "",
    ]
  ) {
    it(`a page of another origin, whatever it asks for: "${origin}"`, () => {
      const it = page({ control: true });
      for (const path of PATHS) {
        assertEquals(askNode(it, `/${path}`, { origin }).status, 403, path);
        assertEquals(
          askNode(it, `/${path}`, { origin }, "POST").status,
          403,
          path,
        );
      }
    });
  }

  it("what a browser says another site has asked for", () => {
    const it = page();
    for (const site of ["cross-site", "same-site", "none"]) {
      const { status } = askNode(it, "/story", { "sec-fetch-site": site });
      assertEquals(status, 403, site);
    }
    const headers = { "sec-fetch-site": "same-origin" };
    assertEquals(askNode(it, "/story", headers).status, 200);
  });

  it("other methods, and a preflight of another origin", () => {
    const it = page({ control: true });
    for (const path of ["", "story", "events"]) {
      for (const method of ["POST", "PUT", "OPTIONS", "DELETE"]) {
        const { status, headers } = askNode(it, `/${path}`, {}, method);
        assertEquals(status, 405);
        assertMatch(headers.allow ?? "", /GET/);
      }
    }
    assertEquals(askNode(it, "/stop", {}).status, 405);
  });

  it("a request whose origin is there twice", () => {
    const it = page({ control: true });
    const origin = ["http://localhost:9230", "http://evil.test"];
    for (const origins of [origin, origin.toReversed()]) {
      const { status } = askNode(it, "/stop", { origin: origins }, "POST");
      assertEquals(status, 403);
    }
  });

  it("a preflight of another site, without a word of what it may do", () => {
    const it = page({ control: true });
    const { status, headers } = askNode(it, "/stop", {
      origin: "http://evil.test",
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization",
      "access-control-request-private-network": "true",
    }, "OPTIONS");
    assertEquals(status, 403);
    const said = Object.keys(headers).join();
    assertEquals(said.includes("access-control"), false, said);
  });

  it("paths that it does not have, and those of every object", () => {
    const it = page();
    for (const path of ["/nothing", "/constructor", "/a/toString", "//["]) {
      assertEquals(askNode(it, path, {}).status, 404, path);
    }
  });
});

describe("every answer of an inspector", () => {
  const answers = () =>
    PATHS.flatMap((path) =>
      [{}, { host: "evil.test" }, { origin: "http://evil.test" }, {
        authorization: "",
      }].flatMap((headers) =>
        ["GET", "HEAD", "POST"].map((method) =>
          [
            `${method} ${path}`,
            headers,
            askNode(page(), `/${path}`, headers, method),
          ] as const
        )
      )
    );

  it("allows no other origin anything", () => {
    for (const [what, , { headers }] of answers()) {
      const cors = Object.keys(headers).filter((name) =>
        name.startsWith("access-control")
      );
      assertEquals(cors, [], what);
    }
  });

  it("is not framed, kept, guessed or told of in a referrer", () => {
    for (const [what, , { headers }] of answers()) {
      assertMatch(
        headers["content-security-policy"] ?? "",
        /default-src 'none'.*frame-ancestors 'none'/,
        what,
      );
      assertEquals(headers["x-frame-options"], "DENY", what);
      assertEquals(headers["x-content-type-options"], "nosniff", what);
      assertMatch(headers["cache-control"] ?? "", /^no-store\b/, what);
      assertEquals(headers["referrer-policy"], "no-referrer", what);
    }
  });
});

describe("the stream of events of an inspector", () => {
  it("is not held back by whoever would compress it", async () => {
    const it = page();
    const { headers, body } = await ask(it, "events");
    assertEquals(headers.get("content-type"), "text/event-stream");
    assertEquals(headers.get("cache-control"), "no-store, no-transform");
    assertEquals(headers.get("x-accel-buffering"), "no");
    await body?.cancel();
  });
});

describe("the page of an inspector", () => {
  it("runs no script but its own, and asks nobody but its server", async () => {
    const { headers } = await ask(page(), "");
    const policy = headers.get("content-security-policy") ?? "";
    assertMatch(policy, /script-src 'sha256-[\w+/=]+'(?:;|$)/);
    assertMatch(policy, /connect-src 'self'/);
    assertMatch(policy, /base-uri 'none'; form-action 'none'/);
    assertMatch(policy, /require-trusted-types-for 'script'/);
    assertEquals(/script-src[^;]*unsafe/.test(policy), false);
  });

  it("names no other host, and makes no markup of texts", async () => {
    const html = await (await ask(page(), "")).text();
    assertEquals(html.match(/https?:\/\/[^"' ]+/g), null);
    assertEquals(
      html.match(/innerHTML *=|insertAdjacentHTML|document\.write|eval\(/g),
      null,
    );
  });
});
