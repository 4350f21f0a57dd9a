/**
 * A broker, a publisher, and two subscribers that are slower than it. Their
 * queues fill up until messages are dropped. When everything is told to stop,
 * the publisher leaves at once, the broker's `drain` closes the queues, and the
 * subscribers, which are `graceful`, have ten seconds to handle what is left in
 * them. Until then everything that they need stays up.
 *
 * Run it with `deno task example pubsub`.
 */

import { TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";
import { graceful } from "@goasync/core/tasks";
import { Broker } from "./pubsub/broker.ts";
import { Publisher } from "./pubsub/publisher.ts";
import { Subscriber } from "./pubsub/subscriber.ts";
import { demoArguments } from "./common/arguments.ts";
import { printHeadings } from "./common/headings.ts";
import { logManager, setupLog } from "./common/log.ts";
import { conclude } from "./common/outcome.ts";
import { printReport } from "./common/print_report.ts";
import { stopAfter } from "./common/stop_after.ts";

const { forever, inspect } = demoArguments();

const broker = new Broker();
const publisher = new Publisher(broker, "counter", 200);
const subscribers = [
  new Subscriber(broker, "counter", 500),
  new Subscriber(broker, "counter", 700),
] as const;

const manager = new TaskManager({ drainTimeout: 10_000 });
manager.addTask("broker", broker);
manager.addTask("publisher", publisher);
subscribers.forEach((subscriber, index) => {
  manager.addTask(`subscriber ${index + 1}`, graceful(subscriber));
});
if (!forever) {
  manager.addExecuteTask("clock", stopAfter(1_500, manager), { type: "error" });
}
setupLog(manager.tasks.map(({ name }) => name));
printHeadings(manager);
logManager(manager);

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

await runMain(manager, {
  inspect,
  exitCode({ errors, report }) {
    printReport(report);
    const queued = sum(subscribers.map(({ queued }) => queued));
    const handled = sum(subscribers.map(({ handled }) => handled));
    return conclude(
      errors.length === 0 && handled === queued,
      `No queued message is lost: ${queued} queued, ${handled} handled`,
    );
  },
});
