/** What a module may call while it is loaded only by mistake. */
const FUNCTIONS = [
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "requestAnimationFrame",
  "requestIdleCallback",
  "fetch",
];

const CLASSES = [
  "AbortController",
  "BroadcastChannel",
  "EventTarget",
  "FinalizationRegistry",
  "MessageChannel",
  "WebSocket",
  "Worker",
];

const LISTENING = ["addEventListener", "on", "once", "addListener"];

type Globals = Record<string, unknown>;

/** Notes from now on, by their names, the calls that start something. */
export function spy(): string[] {
  const noted: string[] = [];
  const globals = globalThis as unknown as Globals;
  // All are read first, as Node loads some then, which takes others.
  const originals = [...FUNCTIONS, ...CLASSES].map((name) =>
    [name, globals[name]] as const
  );
  for (const [name, original] of originals) {
    if (typeof original === "function") {
      replace(globals, name, spied(original, () => noted.push(name)));
    }
  }
  const targets = [globals, EventTarget.prototype, globals.process];
  for (const target of targets as (Globals | undefined)[]) {
    for (const name of LISTENING) {
      const method = target?.[name];
      if (target && typeof method === "function") {
        replace(target, name, spied(method, () => noted.push(name)));
      }
    }
  }
  return noted;
}

// deno-lint-ignore ban-types
function spied(original: Function, onCall: () => void) {
  return new Proxy(original, {
    apply(target, self, args) {
      onCall();
      return Reflect.apply(target, self, args);
    },
    construct(target, args, newTarget) {
      onCall();
      return Reflect.construct(target, args, newTarget);
    },
  });
}

function replace(target: Globals, name: string, value: unknown): void {
  Object.defineProperty(target, name, {
    value,
    configurable: true,
    writable: true,
  });
}
