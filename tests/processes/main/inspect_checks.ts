import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import type { Checks, Program, Start } from "./program.ts";

/** What holds for a program whose runMain() has a page that is looked at. */
export const INSPECT_CHECKS: Checks = {
  "ends on a signal as if nobody looked, who hears of the end": onSignal,
  "ends by itself as if nobody looked, who hears of the end": byItself,
  "is ended by a second signal as if nobody looked": twice,
};

const HEADERS = { authorization: "Bearer 0123456789abcdef" };

/** Three who look: one who reads, one who does not, and one who has it kept alive. */
async function look(program: Program) {
  const address =
    /^Inspector: (http:\/\/127\.0\.0\.1:\d+)\/#0123456789abcdef$/m;
  const [, origin = ""] = await program.complainsOf(address);
  const agent = new Agent({ keepAlive: true });
  const kept = await ask(`${origin}/`, agent);
  await textOf(kept);
  await ask(`${origin}/events`); // Which is never read.
  const told = await ask(`${origin}/events`);
  return { told, leave: () => agent.destroy() };
}

async function ask(url: string, agent: Agent | false = false) {
  const request = get(url, { headers: HEADERS, agent });
  const [response] = await once(request, "response") as [IncomingMessage];
  request.on("error", () => {}); // The program has ended.
  response.on("error", () => {});
  return response;
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response) text += chunk;
  return text;
}

/** Reads until a text has come, or throws if the connection breaks off. */
async function reads(response: IncomingMessage, text: string): Promise<void> {
  let all = "";
  for await (const chunk of response) {
    all += chunk;
    if (all.includes(text)) return;
  }
  throw new Error(`Expected "${text}", got "${all}"`);
}

async function onSignal(start: Start): Promise<void> {
  await using program = await start("inspected");
  await endsAsIfUnlooked(program, "SIGINT");
}

async function byItself(start: Start): Promise<void> {
  await using program = await start("inspected-ends");
  await endsAsIfUnlooked(program, "SIGUSR2");
}

/** It has not been waited for: else a line would say what keeps it alive. */
async function endsAsIfUnlooked(
  program: Program,
  signal: Deno.Signal,
): Promise<void> {
  await program.prints("ready");
  const { told, leave } = await look(program);
  program.kill(signal);
  // A page would drop what it has not read of a connection that breaks off.
  const [{ stderr, ...ended }, text] = await Promise.all([
    program.end(),
    textOf(told),
  ]);
  const stdout = "ready\ndatabase closed\n";
  assertEquals(ended, { code: 0, signal: null, stdout }, stderr);
  assertMatch(stderr, /^Inspector: .+\n$/);
  assertStringIncludes(text, '"finished"');
  leave();
}

async function twice(start: Start): Promise<void> {
  await using program = await start("inspected-hangs");
  await program.prints("ready");
  const { told, leave } = await look(program);
  program.kill("SIGINT");
  await reads(told, '"draining"');
  await program.complains(": server still drains after 2 s");
  program.kill("SIGTERM");
  const { signal, stdout } = await program.end();
  assertEquals([signal, stdout], ["SIGTERM", "ready\n"]);
  leave();
}
