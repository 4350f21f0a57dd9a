const MAX_LISTED = 10;

/** Names as a list that a line has room for. */
export function listed(names: readonly string[]): string {
  const more = names.length - MAX_LISTED;
  const shown = names.slice(0, MAX_LISTED);
  return [...shown, ...more > 0 ? [`${more} more`] : []].join(", ");
}
