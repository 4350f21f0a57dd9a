/**
 * Whether a program lives and is ready, for those who send it requests. On any
 * runtime.
 *
 * @example Ready while it executes
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { Health } from "@goasync/core/tasks/health";
 * import { assertEquals } from "@std/assert";
 *
 * const manager = new TaskManager();
 * const health = new Health(manager);
 * health.check("database", () => Promise.resolve("SELECT 1"));
 * assertEquals((await health.ready()).ok, false);
 *
 * manager.addExecuteTask("probe", async () => {
 *   assertEquals((await health.ready()).ok, true);
 *   manager.stop();
 *   assertEquals((await health.ready()).ok, false);
 * }, { type: "error" });
 * await manager.run();
 * ```
 *
 * @module
 */

import type { ManagerState, Report } from "../mod.ts";
import {
  checkFunction,
  checkMilliseconds,
  checkName,
  checkOptions,
  isFunction,
  isObject,
  wrong,
} from "../src/arguments.ts";
import {
  answer,
  type HealthNodeRequest,
  type HealthNodeResponse,
  pathOf,
  type Route,
} from "./_health_answer.ts";
import {
  type CheckStatus,
  HealthCheck,
  type HealthCheckFunction,
  type HealthCheckOptions,
  type Up,
} from "./_health_check.ts";

export type {
  CheckStatus,
  HealthCheckFunction,
  HealthCheckOptions,
  HealthNodeRequest,
  HealthNodeResponse,
  Up,
};

/** What {@linkcode Health} needs of a TaskManager. */
export interface HealthManager {
  /** Where the manager is in its life. */
  readonly state: ManagerState;
  /** What it has done. */
  report(): Report;
}

/** Whether a program lives. */
export interface LiveStatus {
  /** Whether it does: until its run is over. */
  ok: boolean;
  /** Where its manager is in its life. */
  state: ManagerState;
}

/** Whether a program is ready. */
export interface ReadyStatus {
  /** Whether it is: it executes, and no critical check fails. */
  ok: boolean;
  /** Where its manager is in its life. */
  state: ManagerState;
  /** What came of each check, by its name; empty unless it executes. */
  checks: Record<string, CheckStatus>;
}

/** Everything about a program. */
export interface HealthStatus {
  /** Whether it lives. */
  live: boolean;
  /** Whether it is ready. */
  ready: boolean;
  /** What came of each check, by its name; empty unless it executes. */
  checks: Record<string, CheckStatus>;
  /** What its manager has done. */
  report: Report;
}

/**
 * Says whether a program lives and is ready, as data and over HTTP.
 *
 * It is ready only while its manager executes and no critical check fails; from
 * the moment of being told to stop it is not, before anything drains. It lives
 * until the run is over. Behind a server of its own that is added first, with
 * `closeOn: "cleanup"`, it answers while the others are initialized and until
 * the last of them is cleaned up.
 *
 * | path       | status                  | body                                   |
 * | ---------- | ----------------------- | -------------------------------------- |
 * | `/livez`   | 200, or 503 if not live | {@linkcode LiveStatus}                 |
 * | `/readyz`  | 200, or 503 if not ready | {@linkcode ReadyStatus}               |
 * | `/statusz` | 200                     | {@linkcode HealthStatus}               |
 *
 * Checks are made when somebody asks, all at once; who asks while one is being
 * made is told of that one. What a status says of errors may be more than
 * strangers should read: give `/statusz` a port of its own.
 *
 * @example On a port of its own
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { Health } from "@goasync/core/tasks/health";
 * import { httpServer } from "@goasync/core/tasks/http-server";
 * import { assertEquals } from "@std/assert";
 * import { createServer } from "node:http";
 *
 * const manager = new TaskManager();
 * const health = new Health(manager);
 * const server = httpServer(createServer(health.node), { host: "127.0.0.1" }, {
 *   closeOn: "cleanup",
 * });
 * const states: string[] = [];
 * const ask = async () => {
 *   const response = await fetch(`${server.address.url}/readyz`);
 *   states.push((await response.json()).state);
 * };
 * manager.addTask("health", server);
 * manager.addTask("probe", {
 *   initialize: ask,
 *   execute: async () => {
 *     await ask();
 *     manager.stop();
 *   },
 *   cleanup: ask,
 * });
 * await manager.run();
 * assertEquals(states, ["initializing", "executing", "cleaning-up"]);
 * ```
 */
export class Health {
  readonly #manager: HealthManager;
  readonly #checks = new Map<string, HealthCheck>();
  readonly #routes: Readonly<Record<string, Route>> = {
    "/livez": () => {
      const data = this.live();
      return Promise.resolve({ isWell: data.ok, data });
    },
    "/readyz": async () => {
      const data = await this.ready();
      return { isWell: data.ok, data };
    },
    "/statusz": async () => ({ isWell: true, data: await this.status() }),
  };

  /**
   * Creates the health of a manager's program.
   *
   * @param manager The manager.
   * @throws {TypeError} If it is no TaskManager.
   */
  constructor(manager: HealthManager) {
    if (!isObject(manager) || !isFunction(manager.report)) {
      const expected = "it must be given a TaskManager";
      throw wrong("create a Health", expected, manager);
    }
    this.#manager = manager;
  }

  /**
   * Adds a check: a function that finds out whether something works, or what
   * says so by its `isUp`, such as a task of `supervise`.
   *
   * @example A supervised task, and a cache that is no matter of life
   * ```ts
   * import { TaskManager } from "@goasync/core";
   * import { Health } from "@goasync/core/tasks/health";
   * import { assertEquals } from "@std/assert";
   *
   * const manager = new TaskManager();
   * const upstream = { isUp: true }; // supervise(…)
   * const health = new Health(manager)
   *   .check("upstream", upstream)
   *   .check("cache", () => Promise.reject(new Error("No connection")), {
   *     critical: false,
   *   });
   * manager.addExecuteTask("probe", async () => {
   *   assertEquals(await health.ready(), {
   *     ok: true,
   *     state: "executing",
   *     checks: {
   *       upstream: { ok: true, critical: true },
   *       cache: { ok: false, critical: false, message: "No connection" },
   *     },
   *   });
   *   upstream.isUp = false;
   *   assertEquals((await health.ready()).ok, false);
   *   manager.stop();
   * }, { type: "error" });
   * await manager.run();
   * ```
   *
   * @param name What it is called in a status.
   * @param check The check. It is given a signal, which aborts when its time is
   * over; it has failed if it throws, rejects, or answers `false`.
   * @param options How it is made.
   * @returns This.
   * @throws {TypeError} If the name is not a non-empty string or has a check, the
   * check is neither a function nor has an `isUp`, the options are no object, or
   * `critical` is no boolean.
   * @throws {RangeError} If `timeout` is not finite or is negative.
   */
  check(
    name: string,
    check: HealthCheckFunction | Up,
    options: HealthCheckOptions = {},
  ): this {
    const action = "add a check";
    checkName(action, name);
    if (this.#checks.has(name)) {
      throw wrong(action, "its name must be new", name);
    }
    checkOptions(action, options);
    const { timeout = 1_000, critical = true } = options;
    checkMilliseconds(action, timeout, "timeout");
    if (typeof critical !== "boolean") {
      throw wrong(action, "'critical' must be a boolean", critical);
    }
    if (!isObject(check) || !("isUp" in check)) {
      checkFunction(action, check, "check");
    }
    this.#checks.set(name, new HealthCheck(check, timeout, critical));
    return this;
  }

  /**
   * Says whether the program lives.
   *
   * @returns Whether its run is not over.
   */
  live(): LiveStatus {
    const { state } = this.#manager;
    return { ok: state !== "finished", state };
  }

  /**
   * Says whether the program is ready; makes all checks if it executes.
   *
   * @returns A promise of what came of them, which never rejects.
   */
  async ready(): Promise<ReadyStatus> {
    const checks = this.#isExecuting ? await this.#checkAll() : {};
    const { state } = this.#manager; // It may be told to stop meanwhile.
    const isWell = Object.values(checks)
      .every(({ ok, critical }) => ok || !critical);
    return { ok: this.#isExecuting && isWell, state, checks };
  }

  /**
   * Says everything about the program.
   *
   * @returns A promise of it, which never rejects.
   */
  async status(): Promise<HealthStatus> {
    const { ok: ready, checks } = await this.ready();
    const { ok: live } = this.live();
    return { live, ready, checks, report: this.#manager.report() };
  }

  /** Answers a web request, as `Deno.serve` and others hand it on. Bound. */
  readonly fetch: (request: Request) => Promise<Response> = async (request) => {
    const { pathname } = new URL(request.url);
    const { status, headers, body } = await answer(
      this.#routes,
      request.method,
      pathname,
    );
    return new Response(body, { status, headers });
  };

  /** Answers a request of `node:http`. Bound: `createServer(health.node)`. */
  readonly node: (
    request: HealthNodeRequest,
    response: HealthNodeResponse,
  ) => void = async ({ method = "GET", url = "/" }, response) => {
    const path = pathOf(url);
    const { status, headers, body } = await answer(this.#routes, method, path);
    if (response.headersSent) return; // By a timeout, say.
    response.writeHead(status, headers);
    response.end(body);
  };

  get #isExecuting(): boolean {
    return this.#manager.state === "executing";
  }

  async #checkAll(): Promise<Record<string, CheckStatus>> {
    const results = await Promise.all(
      [...this.#checks].map(async ([name, check]) =>
        [name, await check.run()] as const
      ),
    );
    return Object.fromEntries(results);
  }
}
