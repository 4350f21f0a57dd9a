// Converts a film through a pipe: ffmpeg reads what we read, prints how far it
// is, and writes a file. Ctrl-C lets it finish the file with what it has got.

import { createReadStream } from "node:fs";
import process from "node:process";
import { TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";
import { childProcess } from "@goasync/core/tasks/child-process";

const [source = "film.mkv", target = "film.webm"] = process.argv.slice(2);
const manager = new TaskManager({ shutdownTimeout: 20_000 });

const converter = childProcess(process.env.FFMPEG ?? "ffmpeg", {
  args: [
    ...["-hide_banner", "-nostats", "-loglevel", "warning"],
    ...["-i", "pipe:0", "-progress", "pipe:1", "-y", target],
  ],
  input: createReadStream(source),
  stopSignal: "SIGINT", // On which it writes the end of the file.
  grace: 10_000,
  onLine(line, from) {
    if (from === "stderr") return console.error(line);
    const [, time] = line.match(/^out_time=(.+)$/) ?? [];
    if (time) console.log(`converted up to ${time}`);
  },
});
// It may end by itself, and then so does the program.
manager.addTask("converter", converter, { type: "stop-group" });

await runMain(manager);
