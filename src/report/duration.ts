const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Shows milliseconds to three digits or so: `"1.3 ms"`, `"2.50 s"`, `"3h 04m"`. */
export function showDuration(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${ms.toFixed(0)} ms`;
  if (ms < MINUTE - 5) return `${(ms / SECOND).toFixed(2)} s`;
  const rounded = Math.round(ms / SECOND) * SECOND;
  if (rounded < HOUR) return inUnits(rounded, MINUTE, "m", SECOND, "s");
  if (rounded < DAY) return inUnits(rounded, HOUR, "h", MINUTE, "m");
  return inUnits(rounded, DAY, "d", HOUR, "h");
}

function inUnits(
  ms: number,
  large: number,
  largeName: string,
  small: number,
  smallName: string,
): string {
  const rest = Math.floor(ms % large / small);
  return `${Math.floor(ms / large)}${largeName} ${
    String(rest).padStart(2, "0")
  }${smallName}`;
}
