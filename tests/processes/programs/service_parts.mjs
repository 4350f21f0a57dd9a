// The parts of a Node service that have to be opened, and opened again: its
// Postgres refuses at first, and its upstream hangs up.
import { TaskManager } from "@goasync/core";
import { resource, supervise } from "@goasync/core/tasks";
import { PGlite } from "npm:@electric-sql/pglite@0.3.15";
import { PGLiteSocketServer } from "npm:@electric-sql/pglite-socket@0.0.20";
import pg from "npm:pg@8.23.1";
import { WebSocket, WebSocketServer } from "npm:ws@8.23.0";
import { once } from "node:events";
import { createServer } from "node:net";

const print = (line) => console.log(line);
const manager = new TaskManager({
  initializeTimeout: 30_000,
  stopTimeout: 5_000,
});
const port = await freePort();

// ── the service ──
const database = resource(async () => {
  const pool = new pg.Pool({ host: "127.0.0.1", port, user: "postgres" });
  await pool.query("CREATE TABLE orders (item text not null)");
  return pool;
}, (pool) => pool.end());

const upstream = async ({ signal }) => {
  const socket = new WebSocket(url);
  signal.addEventListener("abort", () => socket.close(), { once: true });
  await once(socket, "open");
  socket.send("subscribe");
  await once(socket, "close");
};

const supervised = supervise(database, {
  backoff: { min: 20, max: 200 },
  onRestart: () => startPostgres(),
});
manager.addTask("database", supervised);
manager.addTask(
  "upstream",
  supervise(upstream, { restart: "always", backoff: { min: 20 } }),
);
// ── the end of the service ──

const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
await once(server, "listening");
const url = `ws://127.0.0.1:${server.address().port}`;
let connections = 0;
const steady = new Promise((resolve) => {
  server.on("connection", (socket) => {
    socket.on("message", () => {
      print(`upstream is connected ${++connections}`);
      if (connections < 3) socket.terminate();
      else resolve();
    });
  });
});

manager.addExecuteTask("order", async () => {
  print(`database is up: ${supervised.isUp}`);
  await database.value.query("INSERT INTO orders VALUES ('tea')");
  const { rows } = await database.value.query("SELECT item FROM orders");
  print(`ordered ${rows[0].item}`);
  await steady;
  void manager.stop();
}, { type: "error" });

let postgres;
async function startPostgres() {
  postgres ??= (async () => {
    const db = await PGlite.create();
    const listener = new PGLiteSocketServer({ db, port, host: "127.0.0.1" });
    await listener.start();
    return {
      async stop() {
        await listener.stop();
        await db.close();
      },
    };
  })();
  await postgres;
}

await manager.run();
print("all is closed");
await (await postgres)?.stop();
server.close();

async function freePort() {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address();
  await new Promise((closed) => listener.close(closed));
  return port;
}
