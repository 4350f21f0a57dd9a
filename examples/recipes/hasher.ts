// The worker of deno_service.ts: it hashes what it is asked at a port, and spins
// for ever, or dies, where that is what it is asked.
import { exposeTask } from "@goasync/core/tasks/worker";

/** What a hasher is asked, and where it answers. */
export interface Question {
  readonly text: string;
  readonly answer: MessagePort;
}

exposeTask({
  create: (questions: MessagePort) => ({ done }) => {
    questions.onmessage = async ({ data }: MessageEvent<Question>) => {
      const { text, answer } = data;
      while (text === "spin");
      if (text === "boom") throw new Error("boom in the worker");
      const bytes = new TextEncoder().encode(text);
      const digest = await crypto.subtle.digest("SHA-256", bytes);
      answer.postMessage(new Uint8Array(digest).toHex());
    };
    return done;
  },
});
