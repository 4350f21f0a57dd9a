import { inspector } from "@goasync/core/inspector";
import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { get, type IncomingMessage } from "node:http";
import { once } from "node:events";
import { watchedManager } from "../helpers/watched_manager.ts";

describe("an inspector at Deno.serve()", () => {
  it("tells at once, uncompressed, and hears that who looked has left", async () => {
    const { manager, ended } = watchedManager();
    using page = inspector(manager);
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      page.fetch,
    );
    const request = get({
      host: "127.0.0.1",
      port: server.addr.port,
      path: "/events",
      agent: false,
      headers: {
        authorization: `Bearer ${page.token}`,
        "accept-encoding": "gzip, br",
      },
    });
    const [response] = await once(request, "response") as [IncomingMessage];
    assertEquals(response.headers["content-encoding"], undefined);
    const [text] = await once(response, "data");
    assertMatch(`${text}`, /^id: .+\nevent: story\n/);
    response.destroy();
    await ended;
  });
});
