// The task of a worker that answers at a port which it was sent.
import { exposeTask } from "@goasync/core/tasks/worker";

exposeTask({
  create: (port: MessagePort) => ({
    initialize() {
      port.onmessage = ({ data }) => port.postMessage(`You said ${data}`);
    },
    cleanup: () => port.close(),
  }),
});
