import { assert, assertEquals } from "@std/assert";
import type { Results } from "../debian/results.ts";
import type { OrderService, RuntimeName, Workplace } from "./workplace.ts";

/** What a load balancer has seen. */
export interface Seen {
  readonly answered: number;
  readonly failed: number;
  readonly others: Record<string, number>;
  readonly ids: readonly number[];
}

/** How long a service is under load before it is stopped, in milliseconds. */
const UNDER_LOAD = 1_500;

/** After how long one that hangs is killed, in milliseconds. */
const LONGEST_STOP = 30_000;

/** Stops a service under load, and says what was seen and how it ended. */
export async function stopUnderLoad(
  place: Workplace,
  service: OrderService,
  beforeStop: () => Promise<void> = async () => {},
): Promise<{ seen: Seen; code: number; text: string; took: number }> {
  await untilReady(service);
  const load = place.load(service, 12);
  await new Promise((resolve) => setTimeout(resolve, UNDER_LOAD));
  await beforeStop();
  const start = performance.now();
  service.program.kill("SIGTERM");
  const deadline = setTimeout(
    () => service.program.kill("SIGKILL"),
    LONGEST_STOP,
  );
  const { code, text } = await service.program.ended;
  clearTimeout(deadline);
  const took = performance.now() - start;
  const { text: printed } = await load.ended;
  return { seen: JSON.parse(printed), code, text, took };
}

/** Waits until a service answers that it is ready. */
export async function untilReady(
  { program, readyz }: OrderService,
): Promise<void> {
  for (let tries = 0; tries < 100 && !program.isOver; tries++) {
    const response = await fetch(readyz).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  program.kill("SIGQUIT"); // It prints its report.
  program.kill("SIGTERM");
  const { text } = await program.ended;
  throw new Error(`Not ready within 10 s: ${text}`);
}

/** A rolling stop: with a closeDelay no request fails; other ways print theirs. */
export async function rollingStops(
  place: Workplace,
  results: Results,
  rounds: number,
): Promise<void> {
  for (const runtime of ["Node", "Deno"] as const) {
    for (let round = 1; round <= rounds; round++) {
      const what = `rolling stop ${round} of ${rounds} on ${runtime}`;
      await results.check(what, async () => {
        const { seen, code, text } = await stopUnderLoad(
          place,
          place.order(runtime),
        );
        assertEquals([seen.failed, seen.others], [0, {}]);
        assert(seen.answered > 30, `Only ${seen.answered} were answered`);
        assertEquals(code, 0, text);
        return `${seen.answered} answered, 0 failed`;
      });
    }
    await print(place, runtime, "without a closeDelay", { READY_DELAY: "0" });
  }
  for (let round = 1; round <= rounds; round++) {
    const what = `rolling stop ${round} of ${rounds} of Deno.serve`;
    await results.check(what, () => stopDenoServer(place));
  }
  for (const stop of ["by hand", "close-with-grace", "terminus"]) {
    await print(place, "Node", stop, { STOP: stop }, "rival");
  }
  const stuck = { STOP: "terminus", HANGS_AT: "5" };
  await print(place, "Node", "terminus with a stuck consumer", stuck, "rival");
}

async function stopDenoServer(place: Workplace): Promise<string> {
  const program = place.server("Deno", "orders", { SERVER: "Deno.serve" });
  await program.printed(/port \d+\n/);
  const url = `http://127.0.0.1:${program.text.match(/port (\d+)/)?.[1]}`;
  const service = { program, orders: `${url}/orders`, readyz: `${url}/readyz` };
  const { seen, code, text } = await stopUnderLoad(place, service);
  assertEquals([seen.failed, seen.others, code], [0, {}, 0], text);
  return `${seen.answered} answered, 0 failed`;
}

async function print(
  place: Workplace,
  runtime: RuntimeName,
  how: string,
  env: Record<string, string>,
  what: "service" | "rival" = "service",
): Promise<void> {
  const service = place.order(runtime, env, what);
  const { seen, took } = await stopUnderLoad(place, service);
  console.log(
    `      ${how}, on ${runtime}: ${seen.answered} answered, ${seen.failed} failed ${
      JSON.stringify(seen.others)
    }, gone after ${(took / 1_000).toFixed(1)} s`,
  );
}
