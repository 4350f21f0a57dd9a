import type { TaskError, TaskReport } from "@goasync/core";
import { assert, assertEquals } from "@std/assert";
import { isAside } from "./observed.ts";
import type { Play } from "./play.ts";
import type { PlayedManager, PlayedNode } from "./played.ts";

/** Whatever failed is named by its whole path, once, and nothing else is. */
export function errorsAreComplete({ managers, nodes, errors }: Play): void {
  const paths = new Set(managers.map(({ path }) => path.join("/")));
  const given = errors!.flatMap((error) => leavesOf(error, []));
  const ofManagers = given.filter(({ path }) => paths.has(path));
  assert(ofManagers.every(({ error }) => error.code !== "FAILED"));
  const names = ofManagers.map(nameOf);
  assertEquals(new Set(names).size, names.length, "each is named once");
  const aside = managers.filter(isAside).map(({ path }) => path.join("/"));
  const isAsideOf = (path: string) =>
    aside.some((each) => path.startsWith(`${each}/`));
  const executeTasks = new Set(
    nodes.filter(({ isTask }) => !isTask).map(({ path }) => path.join("/")),
  );
  const ofLeaves = given.filter(({ path }) =>
    !paths.has(path) && !isAsideOf(path)
  );
  // The report has no more than the first error of an execute task.
  const reported = ofLeaves.filter(({ path }, place) =>
    !executeTasks.has(path) ||
    place === ofLeaves.findIndex((each) => each.path === path)
  );
  assertEquals(
    reported.map(nameOf).sort(),
    managers.filter((each) => !isAside(each)).flatMap(expectedErrors).sort(),
  );
}

interface Leaf {
  readonly path: string;
  readonly error: TaskError;
}

/** The errors of those that failed themselves. */
function leavesOf(error: TaskError, above: readonly string[]): Leaf[] {
  const { cause, taskName } = error;
  const path = [...above, taskName];
  if (!(cause instanceof AggregateError)) {
    assertEquals(error.path, [taskName]);
    return [{ path: path.join("/"), error }];
  }
  const [first] = cause.errors as TaskError[];
  assertEquals(error.path, [taskName, ...first!.path]);
  return cause.errors.flatMap((each: TaskError) => leavesOf(each, path));
}

function nameOf({ path, error: { stage, code } }: Leaf): string {
  return `${path} ${stage} ${code}`;
}

function expectedErrors({ manager, nodes }: PlayedManager): string[] {
  if (manager.state === "idle") return [];
  const report = manager.report();
  return nodes.filter(({ leaf }) => leaf).flatMap((node) => {
    const { path, handle: { name }, isTask } = node;
    const { error } = report.executeTasks.find((each) => each.name === name) ??
      {};
    const errors = isTask
      ? errorsOfTask(node, report.tasks[Number(name)]!)
      : error
      ? [`${error.stage} ${error.code}`]
      : [];
    return errors.map((each) => `${path.join("/")} ${each}`);
  });
}

function errorsOfTask(
  { calls, leaf }: PlayedNode,
  { stages }: TaskReport,
): string[] {
  const errors = stages.filter(({ error }) => error)
    .map(({ stage, error }) => `${stage} ${error!.code}`);
  const isOwed = leaf!.cleanup && stages.length > 0 && !calls.cleanup;
  return isOwed ? [...errors, "cleanup TIMEOUT"] : errors;
}
