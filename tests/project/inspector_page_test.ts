import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { BUNDLE, bundlePage } from "../tools/inspector/page.ts";
import { stop } from "npm:esbuild@0.28.2";

describe("the page of the inspector", () => {
  it("is what its sources give", async () => {
    const made = await bundlePage();
    await stop();
    const text = await Deno.readTextFile(BUNDLE);
    assertEquals(
      text.replaceAll("\r\n", "\n") === made,
      true,
      "run `deno task inspector:page`",
    );
  });
});
