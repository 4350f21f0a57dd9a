import type { ManagerEvent, TaskManager } from "@goasync/core";

/** Says in short what a manager tells its listeners from now on. */
export function heard(manager: TaskManager): string[] {
  const log: string[] = [];
  manager.subscribe((event) => log.push(inShort(event)));
  return log;
}

/** Says in short what an event tells, after the path of whom it tells of. */
export function inShort(event: ManagerEvent): string {
  return `/${event.path.join("/")} ${whatHappened(event)}`;
}

function whatHappened(event: ManagerEvent): string {
  switch (event.type) {
    case "state":
      return event.state;
    case "stage-start":
      return `${event.stage} starts`;
    case "stage-end":
      return `${event.stage} ends ${event.outcome}`;
    case "told":
      return `told by ${event.taskName ?? event.by}: ${event.reason}`;
    case "drain-cut-short":
      return "drain is cut short";
    case "left-behind":
      return `left behind in ${event.stage}`;
    case "note":
      return `notes ${event.message}`;
  }
}
