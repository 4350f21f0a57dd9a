/** What the tests call of @std/testing/bdd, over Node's test runner. */
export { afterEach, beforeEach, describe, it } from "node:test";
