import {
  denoKvLock,
  lease,
  type LeaseOptions,
  memoryLock,
  postgresLock,
  redisLock,
  sqliteLock,
} from "@goasync/core/tasks/lease";
import { assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";

// deno-lint-ignore no-explicit-any
const wrong = (text: string): any => JSON.parse(text);

describe("the arguments of lease()", () => {
  const wrongOptions: [LeaseOptions, string][] = [
    [{ ttl: 0 }, "'ttl' must be at least 1: current value is 0 (number)"],
    [{ ttl: NaN }, "'ttl' must be a finite number"],
    [{ renewEvery: 0.5 }, "'renewEvery' must be at least 1"],
    [{ stopTimeout: Infinity }, "'stopTimeout' must be a finite number"],
    [{ cleanupTimeout: -1 }, "'cleanupTimeout' must be a finite number"],
    [{ initializeTimeout: -1 }, "'initializeTimeout' must be a number from 0"],
    [{ giveUpAfter: -1 }, "'giveUpAfter' must be a number from 0 up"],
    [
      { margin: 4_499 },
      "'margin' must be at least 4500, which is 'stopTimeout', 'cleanupTimeout' and a tenth of the 'ttl' together: current value is 4499 (number)",
    ],
    [{ stopTimeout: 2_000, margin: 4_999 }, "'margin' must be at least 5000"],
    [
      { margin: 10_000 },
      "'margin' must be below 10000, which is the 'ttl' without 'renewEvery': current value is 10000 (number)",
    ],
    [
      { stopTimeout: 10_000 },
      "'stopTimeout', 'cleanupTimeout' and a tenth of the 'ttl' together must be below 10000, which is the 'ttl' without 'renewEvery': current value is 13000 (number)",
    ],
    [
      { ttl: 3_000, renewEvery: 3_000 },
      "'renewEvery' must be below 3000, which is the 'ttl': current value is 3000 (number)",
    ],
  ];
  for (const [options, message] of wrongOptions) {
    it(`must be in their range: ${JSON.stringify(options)}`, () => {
      assertThrows(
        () => lease(memoryLock(), () => () => {}, options),
        RangeError,
        `Cannot make a lease as ${message}`,
      );
    });
  }

  it("may be just in it", () => {
    const options = { margin: 4_500, stopTimeout: 0, cleanupTimeout: 3_000 };
    lease(memoryLock(), () => () => {}, options);
  });

  it("must be a lock, a function and an object", () => {
    const lock = memoryLock();
    for (
      const [make, message] of [
        [
          () => lease(wrong("null"), () => () => {}),
          "the lock must have the function 'acquire': current value is null",
        ],
        [
          () => lease(wrong("{}"), () => () => {}),
          "the lock must have the function 'acquire'",
        ],
        [
          () => lease({ ...lock, release: wrong("1") }, () => () => {}),
          "the lock must have the function 'release'",
        ],
        [() => lease(lock, wrong("{}")), "'create' must be a function"],
        [
          () => lease(lock, () => () => {}, wrong("1")),
          "the options must be an object",
        ],
      ] as const
    ) {
      assertThrows(make, TypeError, `Cannot make a lease as ${message}`);
    }
  });
});

describe("the arguments of a lock", () => {
  it("must be a client and a key", () => {
    const query = () => Promise.resolve([]);
    const call = () => Promise.resolve(1);
    const database = { exec() {}, prepare: () => ({ get() {} }) };
    for (
      const [make, message] of [
        [
          () => postgresLock(wrong("{}"), "it"),
          "Postgres as 'query' must be a function",
        ],
        [
          () => postgresLock(query, ""),
          "Postgres as its key must be a string of 1 to 500 characters",
        ],
        [
          () => postgresLock(query, "it", wrong("1")),
          "Postgres as the options must be an object",
        ],
        [
          () => postgresLock(query, "it", { listen: wrong("1") }),
          "Postgres as 'listen' must be a function",
        ],
        [
          () => redisLock(wrong("{}"), "it"),
          "Redis as 'sendCommand' must be a function",
        ],
        [
          () => redisLock({ call }, wrong("1")),
          "Redis as its key must be a string of 1 to 500 characters",
        ],
        [
          () => sqliteLock(wrong("null"), "it"),
          "SQLite as 'exec' must be a function",
        ],
        [
          () => sqliteLock(wrong("{}"), "it"),
          "SQLite as 'exec' must be a function",
        ],
        [
          () => sqliteLock(database, ""),
          "SQLite as its key must be a string of 1 to 500 characters",
        ],
        [
          () => denoKvLock(wrong("{}"), "it"),
          "Deno KV as 'get' must be a function",
        ],
        [
          () => redisLock({ call }, "x".repeat(501)),
          "Redis as its key must be a string of 1 to 500 characters",
        ],
        [
          () => redisLock({ call }, "\0"),
          "Redis as its key must be a string of 1 to 500 characters",
        ],
        [
          () => redisLock({ call }, "\ud800"),
          "Redis as its key must be a string of 1 to 500 characters",
        ],
      ] as const
    ) {
      assertThrows(make, TypeError, `Cannot make a lock of ${message}`);
    }
  });
});
