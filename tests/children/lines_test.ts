import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Lines, LONGEST_LINE } from "../../tasks/_lines.ts";

function linesOf(...pieces: string[]): string[] {
  const lines: string[] = [];
  const all = new Lines((line) => lines.push(line));
  for (const piece of pieces) all.add(piece);
  all.end();
  return lines;
}

describe("lines", () => {
  it("end by \\n, \\r\\n or \\r, wherever the text is cut", () => {
    const text = "a\n\nb\r\n\r\nc\r\rd\n\re";
    const expected = ["a", "", "b", "", "c", "", "d", "", "e"];
    assertEquals(linesOf(text), expected);
    assertEquals(linesOf(...text), expected);
    for (let at = 0; at <= text.length; at++) {
      assertEquals(linesOf(text.slice(0, at), "", text.slice(at)), expected);
    }
  });

  it("are none where there is no text", () => {
    assertEquals(linesOf(), []);
    assertEquals(linesOf("a\n"), ["a"]);
  });

  it("are cut where they never end", () => {
    const half = "x".repeat(LONGEST_LINE / 2);
    assertEquals(linesOf(half, half, "y\nz").map((line) => line.length), [
      LONGEST_LINE,
      1,
      1,
    ]);
    assertEquals(linesOf(half, "y", "z").map((line) => line.length), [
      LONGEST_LINE / 2 + 2,
    ]);
  });
});
