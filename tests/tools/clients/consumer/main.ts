// Uses everything that the package exports, as somebody does who has installed
// it; ends with an error if anything is not as documented.
import { useChildProcess } from "./children.ts";
import { useContext } from "./context.ts";
import {
  useAggregateError,
  useErrors,
  useInvalidStateError,
} from "./errors.ts";
import { useAround, useEvents, useTally } from "./events.ts";
import { disposeManager, nestManagers, useManager } from "./manager.ts";
import { useInspector } from "./inspector.ts";
import { useLease, useLeaseAmongOthers, useLocks } from "./lease.ts";
import { useLogTo } from "./logging.ts";
import { useOtel } from "./otel.ts";
import { useRunMain, useStrayStop } from "./process.ts";
import { useReport } from "./report.ts";
import { useDenoServer, useHttpServer } from "./servers.ts";
import {
  useInterruptible,
  useOnSignals,
  useShutdownSignal,
} from "./signals.ts";
import {
  superviseTasks,
  useForEach,
  useSchedule,
  useTasks,
  useTasksAlone,
} from "./tasks.ts";
import { useFakeManager, useFakeTasks } from "./testing.ts";
import { useInWorker } from "./worker.ts";

const uses = [
  useManager,
  nestManagers,
  disposeManager,
  useContext,
  useEvents,
  useAround,
  useTally,
  useErrors,
  useAggregateError,
  useInvalidStateError,
  useReport,
  useHttpServer,
  useDenoServer,
  useInspector,
  useChildProcess,
  useLogTo,
  useOtel,
  useTasks,
  superviseTasks,
  useTasksAlone,
  useSchedule,
  useForEach,
  useLease,
  useLocks,
  useLeaseAmongOthers,
  useInWorker,
  useShutdownSignal,
  useOnSignals,
  useInterruptible,
  useRunMain,
  useStrayStop,
  useFakeTasks,
  useFakeManager,
];

for (const use of uses) await use();
console.log(`${uses.length} uses`);
