const CONTROLS =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;
const INVISIBLE = /[\p{M}\p{Cf}]/u;
const WIDE =
  /^[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|[\ufe0f\u{1f3fb}-\u{1f3ff}]/u;
const ASCII = /^[ -~]*$/;
const ELLIPSIS = "…";

const segmenter = new Intl.Segmenter();

/** The text on one line, without anything that moves a terminal's cursor. */
export function toLine(text: string): string {
  return text.replaceAll(CONTROLS, " ");
}

/** How many columns of a terminal a line takes. */
export function columnsOf(line: string): number {
  if (ASCII.test(line)) return line.length;
  let columns = 0;
  for (const grapheme of graphemesOf(line)) {
    columns += graphemeColumns(grapheme);
  }
  return columns;
}

/** The line, cut off with an ellipsis where it takes more columns. */
export function fit(line: string, columns: number): string {
  if (columnsOf(line) <= columns) return line;
  let start = "";
  let left = columns - columnsOf(ELLIPSIS);
  for (const grapheme of graphemesOf(line)) {
    left -= graphemeColumns(grapheme);
    if (left < 0) break;
    start += grapheme;
  }
  return start + ELLIPSIS;
}

/** The spaces that a line lacks to take so many columns. */
export function padding(line: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - columnsOf(line)));
}

/**
 * Breaks a text into lines that take no more columns: between words, and within
 * one that is longer than a line.
 */
export function wrap(text: string, columns: number): string {
  const lines: string[] = [];
  for (const word of toLine(text).split(/ +/)) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && columnsOf(longer) <= columns) {
      lines[lines.length - 1] = longer;
    } else lines.push(...piecesOf(word, columns));
  }
  return lines.join("\n");
}

function piecesOf(word: string, columns: number): string[] {
  const pieces = [""];
  let left = columns;
  for (const grapheme of graphemesOf(word)) {
    left -= graphemeColumns(grapheme);
    if (left < 0) {
      pieces.push("");
      left = columns - graphemeColumns(grapheme);
    }
    pieces[pieces.length - 1] += grapheme;
  }
  return pieces;
}

function* graphemesOf(line: string): Generator<string> {
  for (const { segment } of segmenter.segment(line)) yield segment;
}

function graphemeColumns(grapheme: string): number {
  const visible = [...grapheme].filter((point) => !INVISIBLE.test(point));
  // Several are visible in one of Thai, or of Japanese in halfwidth letters.
  return visible.length > 0 && WIDE.test(grapheme) ? 2 : visible.length;
}
