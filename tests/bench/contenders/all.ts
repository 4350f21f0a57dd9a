import { abortControllerX } from "./abort_controller_x.ts";
import type { Contender } from "../contender.ts";
import { bare } from "./bare.ts";
import { byHand } from "./by_hand.ts";
import { effect, effectAlone } from "./effect.ts";
import { effection } from "./effection.ts";
import { goasync } from "./goasync.ts";
import { pLimited } from "./p_limit.ts";
import { pMapped } from "./p_map.ts";
import { pQueue } from "./p_queue.ts";

/** What people would pick instead. */
export const rivals: readonly Contender[] = [
  effect,
  effectAlone,
  effection,
  abortControllerX,
  pLimited,
  pQueue,
  pMapped,
];

/** This library, and what it is compared with most closely. */
export const inEveryRound: readonly Contender[] = [bare, byHand, goasync];
