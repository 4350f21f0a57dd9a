// Counts how often importing everything asks for OS signals.
const ENTRIES = ["", "/signals", "/tasks", "/tasks/interruptible"];

let times = 0;
const { process } = globalThis;
Object.defineProperty(globalThis, "process", {
  configurable: true,
  get() {
    times++;
    return process;
  },
});
Object.assign(Deno, {
  addSignalListener: () => times++,
});
for (const entry of ENTRIES) await import(`@goasync/core${entry}`);
console.log(`asked ${times} times`);
