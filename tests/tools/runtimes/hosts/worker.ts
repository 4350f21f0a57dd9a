const worker = globalThis as unknown as Pick<Worker, "postMessage">;

/** Has a dedicated worker run a program as soon as it is started. */
export default (run: () => Promise<unknown>): void => {
  run().then(
    (result) => worker.postMessage({ result }),
    (error) => worker.postMessage({ error: error.stack }),
  );
};
