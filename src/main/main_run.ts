import { wrong } from "../arguments.ts";
import type { Report } from "../report_types.ts";
import { formatReport } from "../report/format_report.ts";
import { catchKeyPresses, type KeyPresses } from "../signals/key_presses.ts";
import {
  catchSignals,
  endBySignal,
  receivedError,
} from "../signals/os_signals.ts";
import {
  catchStrayErrors,
  exitFlushed,
  isOfLostTerminal,
  type ProcessHere,
  processHere,
} from "../signals/process_here.ts";
import type { OsSignal } from "../signals/signal_names.ts";
import type { TaskError } from "../task_error.ts";
import { stillWaitingText, waitedFor } from "../waited_for.ts";
import { claimProcess } from "./claim.ts";
import { endWhenIdle } from "./ending.ts";
import { Errors } from "./errors.ts";
import { Inspection } from "./inspection.ts";
import { LeftBehind } from "./left_behind.ts";
import { listed } from "./listed.ts";
import type {
  InspectOptions,
  MainManager,
  MainOutcome,
  MainSettings,
} from "./options.ts";
import { print } from "./print.ts";
import { Progress } from "./progress.ts";

/** How wide a report is at least and at most, in columns. */
const [MIN_WIDTH, MAX_WIDTH] = [80, 160];

const CODE_OF_FAILURE = 1;

/** One run of a manager as the process. */
export class MainRun {
  readonly #manager: MainManager;
  readonly #settings: MainSettings;
  readonly #process: ProcessHere | undefined = processHere();
  readonly #stop = new AbortController();
  readonly #leftBehind = new LeftBehind();
  readonly #progress: Progress;
  readonly #printed = new Errors();
  /** Lets go of what it has caught and subscribed to. */
  readonly #releases: (() => void)[] = [];
  #keyPresses: KeyPresses | undefined;
  #inspection: Inspection | undefined;
  #signal: OsSignal | null = null;
  #errors: TaskError[] = [];
  #isOver = false;
  #code = 0;

  constructor(manager: MainManager, settings: MainSettings) {
    this.#manager = manager;
    this.#settings = settings;
    this.#progress = new Progress(manager, settings.progress);
    if (this.#process) {
      this.#releases.push(claimProcess(this.#process, manager));
    }
  }

  /** Keeps in mind who is left behind, and says who is waited for. */
  followEvents(): void {
    const end = this.#manager.subscribe((event) => {
      this.#leftBehind.hear(event);
      this.#progress.hear(event);
      this.#inspection?.hear(event);
    });
    this.#releases.push(end, () => this.#progress.end());
  }

  /** Stops on the first OS signal, and ends the process on the next. */
  catchSignals(): void {
    const { signals, grace } = this.#settings;
    this.#keyPresses = catchKeyPresses(signals, grace, {
      first: (name) => this.#interrupt(name),
      next: (name) => this.#endBy(name),
    });
    this.#releases.push(() => this.#keyPresses?.end());
  }

  /** Keeps the default action of OS signals away that tasks catch. */
  holdSignals(): void {
    this.#releases.push(catchSignals(this.#settings.hold, () => {}));
  }

  /** Prints the report of the moment on an OS signal. */
  reportOnSignal(): void {
    const { reportSignal } = this.#settings;
    if (!reportSignal) return;
    const report = () => this.#print(this.#manager.report());
    this.#releases.push(catchSignals([reportSignal], report));
  }

  /**
   * Stops on an error that nobody has caught. One of a listener to the exit has
   * kept the process from it, and its next exit calls none.
   */
  catchStrayErrors(): void {
    if (this.#settings.strayErrors === "ignore") return;
    this.#releases.push(catchStrayErrors((error) => {
      if (!this.#isOfLostTerminal(error)) this.#addStray(error);
      if (this.#isOver) this.#exit();
    }));
  }

  /** Serves the page that shows the manager; nothing if none is wanted. */
  inspect(): Promise<void> | undefined {
    const { inspect } = this.#settings;
    if (inspect && this.#process) return this.#serve(this.#process, inspect);
  }

  /** Runs the manager, to the end of its last cleanup. */
  async untilOver(): Promise<void> {
    const { signal } = this.#stop;
    this.#errors = await this.#manager.runSettled({ signal });
    this.#isOver = true;
    this.#progress.end();
  }

  /** Prints each error of a task, and the report if that is wanted. */
  printOutcome(): void {
    this.#printed.print(this.#errors);
    if (this.#settings.report) this.#print(this.#manager.report());
  }

  /** Resolves when the process is what it was before, or never if that ends. */
  async end(): Promise<MainOutcome> {
    const outcome = this.#outcome();
    const { exit, exitAfter } = this.#settings;
    if (this.#inspection) await this.#inspection.lastWord();
    if (!exit || !this.#process) {
      await this.#keyPresses?.graceIsOver();
      this.release();
      return outcome;
    }
    this.#process.exitCode = this.#code = this.#codeOf(outcome);
    const leftBehind = this.#leftBehind.texts;
    const code = () => this.#code;
    const own = () => this.#inspection?.resources() ?? [];
    endWhenIdle(this.#process, { exitAfter, leftBehind, code, own });
    return await new Promise(() => {});
  }

  /** Lets go of everything. */
  release(): void {
    for (const release of this.#releases.splice(0)) release();
  }

  async #serve(process: ProcessHere, inspect: InspectOptions): Promise<void> {
    const inspection = await Inspection.begin(process, this.#manager, inspect);
    this.#inspection = inspection;
    this.#releases.push(() => inspection.end());
  }

  #interrupt(name: OsSignal): void {
    if (this.#isOver) return this.#exit();
    this.#signal = name;
    this.#stop.abort(receivedError(name));
  }

  #endBy(name: OsSignal): void {
    const who = stillWaitingText(waitedFor(this.#manager.report())) ||
      listed(this.#leftBehind.texts) || "nobody was waited for";
    print(`Ended by ${name}: ${who}`);
    endBySignal(name);
  }

  /** Whether it was written to the terminal whose end has stopped the run. */
  #isOfLostTerminal(error: unknown): boolean {
    return this.#signal === "SIGHUP" && isOfLostTerminal(error);
  }

  #addStray(error: unknown): void {
    this.#code ||= CODE_OF_FAILURE;
    this.#printed.addStray(error);
    void this.#manager.stop(error, { by: "stray" });
  }

  /** Ends the process whose run is over, unless it is to go on. */
  #exit(): void {
    const { exit } = this.#settings;
    if (!exit || !this.#process) return;
    this.#process.exitCode = this.#code; // For an exit that has begun.
    void exitFlushed(this.#process, this.#code);
  }

  #outcome(): MainOutcome {
    const report = this.#manager.report();
    const signal = report.stop?.by === "signal" ? this.#signal : null;
    return { errors: this.#errors, report, signal };
  }

  #codeOf(outcome: MainOutcome): number {
    const { exitCode } = this.#settings;
    const isBad = outcome.errors.length > 0 || this.#printed.strays > 0;
    const set = Number(this.#process?.exitCode ?? 0);
    if (!exitCode) return set || (isBad ? CODE_OF_FAILURE : 0);
    try {
      return checkedCode(exitCode(outcome));
    } catch (thrown) {
      print(thrown);
      return CODE_OF_FAILURE;
    }
  }

  #print(report: Report): void {
    const { columns = MIN_WIDTH } = this.#process?.stderr ?? {};
    const width = Math.max(MIN_WIDTH, Math.min(columns, MAX_WIDTH));
    print(formatReport(report, { width }));
  }
}

/** An exit code that the user has chosen. */
function checkedCode(code: unknown): number {
  const isCode = typeof code === "number" && Number.isInteger(code) &&
    code >= 0 && code <= 255;
  if (isCode) return code;
  const expected = "'exitCode' must return an integer from 0 to 255";
  throw wrong("exit", expected, code, RangeError);
}
