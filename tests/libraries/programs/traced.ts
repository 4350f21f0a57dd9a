// Is traced and measured by the OpenTelemetry that is built into Deno, and
// fetches the URL it is given, in a stage.
import { TaskManager } from "@goasync/core";
import { measureWith, traceWith } from "@goasync/core/otel";
import { metrics, trace } from "npm:@opentelemetry/api@1.9.1";

const [url = ""] = Deno.args;

const around = traceWith(trace.getTracer("shop"), { name: "shop" });
const manager = new TaskManager({ around });
measureWith(manager, metrics.getMeter("shop"));
manager.addTask("client", {
  async initialize({ note }) {
    await (await fetch(url)).text();
    note("connected", { attempt: 1 });
  },
});
manager.addTask("plain", { initialize() {} });
manager.addExecuteTask("enough", async () => {
  await new Promise((resolve) => setTimeout(resolve));
  void manager.stop("enough");
}, { type: "error" });
manager.addExecuteTask("bad", async ({ done }) => {
  await done;
  throw new RangeError("No luck");
});
await manager.runSettled();
