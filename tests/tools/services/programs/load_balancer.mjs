// Posts orders over kept-alive connections as a load balancer does: asks READYZ
// every 100 ms, and sends nothing any more 300 ms after the first no. Bounded in
// time. Prints how many were answered and how many failed, and what came when.
import { Agent, request } from "node:http";
import process from "node:process";

const [url, seconds = "20", connections = "30"] = process.argv.slice(2);
const readyz = process.env.READYZ ?? "";
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
const start = performance.now();
const counts = {};
const ids = [];
let isOut = false;

function count(what) {
  counts[what] = (counts[what] ?? 0) + 1;
}

const headers = { "content-type": "application/json" };

function order() {
  return new Promise((resolve) => {
    const ask = request(url, { method: "POST", agent, headers }, (response) => {
      let body = "";
      response.on("data", (data) => body += data);
      response.on("end", () => {
        count(`HTTP ${response.statusCode}`);
        if (response.statusCode === 201) ids.push(JSON.parse(body).id);
        resolve();
      });
      response.on("error", (error) => {
        count(error.code);
        resolve();
      });
    });
    ask.setTimeout(15_000, () => ask.destroy(new Error("no answer in 15 s")));
    ask.on("error", (error) => {
      count(error.code ?? error.message);
      setTimeout(resolve, 50);
    });
    ask.end(JSON.stringify({ item: "coffee" }));
  });
}

async function probe() {
  const isReady = await fetch(readyz).then(async (response) => {
    await response.text();
    return response.ok;
  }, () => false);
  if (isReady || isOut) return;
  clearInterval(probing);
  setTimeout(() => isOut = true, 300);
}

const isOver = () => isOut || performance.now() - start > seconds * 1_000;
const probing = readyz ? setInterval(probe, 100) : undefined;
await Promise.all(Array.from({ length: Number(connections) }, async () => {
  while (!isOver()) await order();
}));
clearInterval(probing);
agent.destroy();
const { "HTTP 201": answered = 0, ...others } = counts;
const failed = Object.values(others).reduce((sum, each) => sum + each, 0);
console.log(JSON.stringify({ answered, failed, others, ids }));
