import { TaskManager } from "@goasync/core";
import {
  type ChildInput,
  childProcess,
  type ChildProcessError,
  type ChildProcessOptions,
  type ChildProcessTask,
  type OnLine,
  type OsSignal,
  type Ready,
} from "@goasync/core/tasks/child-process";
import { deepEqual, equal } from "node:assert/strict";

/** A child that is ready, reads what it is given, and fails in the end. */
export async function useChildProcess(): Promise<void> {
  const lines: string[] = [];
  const onLine: OnLine = (line) => lines.push(line);
  const input: ChildInput = ["one\n", "two\n"];
  const stopSignal: OsSignal = "SIGINT";
  const ready: Ready = (signal) => equal(signal.aborted, false);
  const options: ChildProcessOptions = {
    args: ["-c", "cat; exit 3"],
    input,
    ready,
    stopSignal,
    onLine,
  };
  const manager = new TaskManager();
  const child: ChildProcessTask = childProcess("sh", options);
  manager.addTask("child", child);
  const [error] = await manager.runSettled();
  const { exitCode, signal } = error?.cause as ChildProcessError;
  deepEqual([exitCode, signal], [3, null]);
  deepEqual(lines, ["one", "two"]);
}
