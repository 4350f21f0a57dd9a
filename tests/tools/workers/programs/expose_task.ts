export { exposeTask } from "@goasync/core/tasks/worker";
