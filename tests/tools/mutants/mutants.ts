import { childMutants } from "./child_mutants.ts";
import { inspectorMutants } from "./inspector_mutants.ts";
import { leaseMutants } from "./lease_mutants.ts";
import { processMutants } from "./process_mutants.ts";
import { ruleMutants } from "./rule_mutants.ts";
import { serverMutants } from "./server_mutants.ts";
import { taskMutants } from "./task_mutants.ts";
import { workerMutants } from "./worker_mutants.ts";
import type { Mutant } from "./mutant.ts";

/** Bugs that the tests have to notice. */
export const mutants: readonly Mutant[] = [
  ...ruleMutants,
  ...taskMutants,
  ...serverMutants,
  ...workerMutants,
  ...childMutants,
  ...processMutants,
  ...leaseMutants,
  ...inspectorMutants,
];
