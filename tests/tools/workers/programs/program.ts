// A program that runs a task in a worker in the way that is its argument, as
// JSON, and prints as JSON what came of it; then how busy its threads still are.
import process from "node:process";
import { run } from "./run.ts";

const WATCHED_MS = 300;

const [way = "", base = ""] = process.argv.slice(2);
const outcome = await run(JSON.parse(way), base);
const before = process.cpuUsage();
await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
const { user, system } = process.cpuUsage(before);
const busy = (user + system) / 1_000 / WATCHED_MS;
console.log(JSON.stringify({ ...outcome, busy }));
