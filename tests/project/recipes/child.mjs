// A child that dies in its first life, of which a file tells, and ends when it
// is asked in the next.
import { existsSync, writeFileSync } from "node:fs";
import process from "node:process";

const [file] = process.argv.slice(2);
console.log("child runs");
if (!existsSync(file)) {
  writeFileSync(file, "");
  process.exit(3);
}
process.on("SIGTERM", () => {
  console.log("child is asked");
  process.exit();
});
setInterval(() => {}, 60_000);
