import { type TaskError, TaskManager } from "@goasync/core";
import {
  httpServer,
  type HttpServerOptions,
  type ServerTask,
} from "@goasync/core/tasks/http-server";
import { FakeNodeServer } from "./fake_node_server.ts";
import { running } from "./running.ts";

/** A fake server, and the manager that runs its task, "api". */
export interface Serving {
  readonly server: FakeNodeServer;
  readonly task: ServerTask;
  readonly manager: TaskManager;
  readonly errors: Promise<TaskError[]>;
}

/** A task of a fake server, which listens and executes. */
export async function serving(
  options: HttpServerOptions = {},
): Promise<Serving> {
  const server = new FakeNodeServer();
  const task = httpServer(server, 8000, options);
  const manager = new TaskManager();
  manager.addTask("api", task);
  const { errors } = await running(manager);
  return { server, task, manager, errors };
}
