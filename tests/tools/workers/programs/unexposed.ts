// A worker that goes on, without a task.
setInterval(() => {}, 1_000);

export {};
