// Says how an idle manager is after as long as a timer can take.
let pass = () => {};
Object.assign(globalThis, {
  setInterval: (callback: () => void) => {
    pass = callback;
    return 0;
  },
  clearInterval: () => {},
});

// Not before, as it looks its timers up when it is loaded.
const { TaskManager } = await import("@goasync/core");

const manager = new TaskManager();
const run = manager.run();
await new Promise((resolve) => setTimeout(resolve, 0));
pass();
console.log(manager.state);
await manager.stop();
await run;
console.log(manager.state);
