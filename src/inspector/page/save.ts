/// <reference lib="dom" />
import type { Story } from "../story.ts";
import { isStory } from "./is_story.ts";

const LIVE = "connect-src 'self'";

/** The page that holds a story, and asks nobody for another. */
export function savedPage(source: string, story: Story): string {
  const slot = '<script id="story" type="application/json">';
  // Nothing in it can end the script, or begin another one.
  const json = JSON.stringify(story).replaceAll("<", "\\u003c");
  const at = source.indexOf(slot) + slot.length;
  const head = source.slice(0, at).replace(LIVE, "connect-src 'none'");
  return head + json + source.slice(source.indexOf("</script>", at));
}

/** Whether this page was saved with a story. */
export function hasStory(): boolean {
  return textWithin().trim() !== "";
}

/** The story that this page was saved with. */
export function storyWithin(): Story {
  return storyFrom(textWithin());
}

function textWithin(): string {
  return document.getElementById("story")?.textContent ?? "";
}

/** Reads a story. */
export function storyFrom(text: string): Story {
  const story = JSON.parse(text);
  if (isStory(story)) return story;
  throw new TypeError("This file is no story of an inspector");
}

/** Has the browser save a text. */
export function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
