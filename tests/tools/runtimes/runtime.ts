import type { Counts } from "../junit.ts";
import type { Host } from "./entry.ts";

/** What every runtime needs to be tried. */
export interface Project {
  /** The folder of an npm project that has the package and what tests need. */
  readonly folder: string;
  /** The paths of the portable test files. */
  readonly tests: readonly string[];
  /** The paths of their bundles for Node. */
  readonly nodeTests: readonly string[];
  /** The paths of the tests that need servers of `node:http` or children. */
  readonly serverTests: readonly string[];
  /** The paths of their bundles for Node. */
  readonly nodeServerTests: readonly string[];
  /** What each entry of the package exports. */
  readonly exports: Readonly<Record<string, readonly string[]>>;
}

/** A runtime, ready to be tried. */
export interface Runtime {
  readonly name: string;
  readonly version: string;
  readonly host: Host;
  /** Runs the portable tests, and shows those that fail. */
  readonly test: () => Promise<Counts>;
  /** Runs the bundle of a program, and returns its result. */
  readonly run: (bundle: string) => Promise<unknown>;
  /** What else is tried there. */
  readonly checks: Readonly<Record<string, () => Promise<void>>>;
}

/** How to get runtimes. */
export interface RuntimeSource {
  /** What is missing if they cannot be had. */
  readonly name: string;
  /** Gets them, and has them tried by a function that never rejects. */
  readonly get: (
    project: Project,
    tryOne: (runtime: Runtime) => Promise<void>,
  ) => Promise<void>;
}
