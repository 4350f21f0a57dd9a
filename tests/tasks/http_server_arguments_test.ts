import { httpServer } from "@goasync/core/tasks/http-server";
import { assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeNodeServer } from "../helpers/fake_node_server.ts";

describe("httpServer() throws", () => {
  const bad = (...args: unknown[]) => () =>
    Reflect.apply(httpServer, undefined, args);
  const server = () => new FakeNodeServer();

  it("TypeError for what is no server", () => {
    for (const value of [undefined, null, 8000, "http"]) {
      assertThrows(
        bad(value),
        TypeError,
        "Cannot make a task of a server as it must be one of node:http",
      );
    }
    for (const method of ["listen", "close", "address", "on", "off"]) {
      assertThrows(
        bad(Object.assign(server(), { [method]: 1 })),
        TypeError,
        `Cannot make a task of a server as '${method}' must be a function`,
      );
    }
    assertThrows(bad({}), TypeError, "'listen' must be a function");
  });

  it("TypeError or RangeError for where to listen", () => {
    for (const value of [null, "8000", () => {}]) {
      assertThrows(
        bad(server(), value),
        TypeError,
        "'listen' must be a port or an object with one",
      );
    }
    for (const value of [-1, 65536, 1.5, NaN, Infinity]) {
      for (const listen of [value, { port: value }]) {
        assertThrows(
          bad(server(), listen),
          RangeError,
          "the port must be an integer from 0 to 65535",
        );
      }
    }
  });

  it("TypeError or RangeError for its options", () => {
    assertThrows(bad(server(), 0, null), TypeError, "the options must be");
    for (const key of ["open", "close"]) {
      assertThrows(
        bad(server(), 0, { [key]: null }),
        TypeError,
        `'${key}' must be a function`,
      );
    }
    for (const closeDelay of [-1, NaN, Infinity, "1"]) {
      assertThrows(
        bad(server(), 0, { closeDelay }),
        RangeError,
        "'closeDelay' must be a finite number that is not negative",
      );
    }
    assertThrows(
      bad(server(), 0, { closeOn: "stop" }),
      TypeError,
      `'closeOn' must be "drain" or "cleanup": current value is "stop"`,
    );
  });
});
