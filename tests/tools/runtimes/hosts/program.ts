/** Has a program of Node or Bun run a program, and print its result. */
export default async (run: () => Promise<unknown>): Promise<void> => {
  console.log(JSON.stringify(await run()));
};
