// Prints how many milliseconds an import of the package takes, in a process
// that has done nothing else.
const start = performance.now();
await import("@goasync/core");
console.log(performance.now() - start);
