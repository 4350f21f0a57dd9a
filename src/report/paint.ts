const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;

/** How a piece of text looks. */
export type Style = keyof typeof CODES;

/** Gives a piece of text its look. */
export type Paint = (style: Style, text: string) => string;

/** Leaves a text as it is. */
export function plain(_style: Style, text: string): string {
  return text;
}

/** Puts ANSI codes around a text. */
export function ansi(style: Style, text: string): string {
  const [on, off] = CODES[style];
  return `\x1b[${on}m${text}\x1b[${off}m`;
}
