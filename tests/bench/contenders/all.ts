import type { Contender } from "../contender.ts";
import { bare } from "./bare.ts";
import { effect, effectAlone } from "./effect.ts";
import { goasync } from "./goasync.ts";
import { pLimited } from "./p_limit.ts";
import { pMapped } from "./p_map.ts";
import { pQueue } from "./p_queue.ts";

/** Everything that is measured, but the bare limit and this library. */
export const rivals: readonly Contender[] = [
  effect,
  effectAlone,
  pLimited,
  pQueue,
  pMapped,
];

/** What every workload is measured for. */
export const both: readonly Contender[] = [bare, goasync];
