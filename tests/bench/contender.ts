/** What is measured; see workloads.ts. */
export type WorkloadId = "A" | "B" | "B'" | "C" | "C'" | "D";

/**
 * Does a workload with so many tasks, and resolves with how many of them have
 * finished. Where tasks wait, it says so when all of them do.
 */
export type Work = (count: number, allWait: () => void) => Promise<number>;

/** Something that can do some of the workloads. */
export interface Contender {
  readonly name: string;
  /** Whether it can tell a running task to stop. */
  readonly cancels: boolean;
  readonly works: { readonly [id in WorkloadId]?: Work };
  /** The most tasks that it does in reasonable time, where that is fewer. */
  readonly most?: { readonly [id in WorkloadId]?: number };
}
