/** A worker that runs a program when it is asked for its result. */
export default (run: () => Promise<unknown>) => ({
  fetch: async (): Promise<Response> => Response.json(await run()),
});
