import type { Story } from "../story.ts";

/** Whether some data are all that a page shows. */
export function isStory(data: unknown): data is Story {
  return Object(data).goasync === "story 1";
}
