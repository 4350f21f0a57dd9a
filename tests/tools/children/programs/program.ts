// What its first argument names, with children that have a mark in common.
import process from "node:process";
import { crowd } from "./crowd.ts";
import { ends } from "./ends.ts";
import { fails } from "./fails.ts";
import { spins } from "./spins.ts";

const [what, argument = ""] = process.argv.slice(2);

if (what === "crowd") await crowd(Number(argument));
else if (what === "spins") await spins(argument);
else if (what === "fails") await fails();
else await ends(argument);
