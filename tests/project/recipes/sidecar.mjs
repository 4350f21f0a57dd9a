// As a dev server does: serves, starts a process of its own, and ends when asked.
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import process from "node:process";

const helper = spawn("sleep", ["3600"]);
const server = createServer(({ url }, response) => {
  if (url === "/die") process.exit(3);
  response.end(`${process.pid} ${helper.pid}`);
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => {
  console.log("ready");
});
