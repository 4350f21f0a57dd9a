// Prints what a contender takes for a task when it does workload A for the first
// time, in a process that has loaded no other one. Its argument is the path of
// a file of contenders/.
import process from "node:process";
import { pathToFileURL } from "node:url";
import type { Contender } from "./contender.ts";
import { sample } from "./sample.ts";
import { workloads } from "./workloads.ts";

const url = pathToFileURL(process.argv[2]!).href;
const contenders: Contender[] = Object.values(await import(url));
const contender = contenders.find(({ works }) => works.A)!;
const { count } = workloads.A;
const cost = await sample("A", contender, { count, times: 1 });
console.log(JSON.stringify({ name: contender.name, cost }));
