/** A name or an address, and perhaps a port. */
const HOST = /^(\[[\da-f:.]+\]|[a-z\d._-]+)(?::(\d{1,5}))?$/i;

/** What a `Host` without a port means, over HTTP or over HTTPS. */
const DEFAULT_PORTS = ["80", "443"];

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether a value can be that of a `Host` header. */
export function isHost(value: unknown): value is string {
  return typeof value === "string" && HOST.test(value);
}

/**
 * Whether a `Host` header names this machine's loopback, or one of some hosts:
 * any other may be a foreign name that was pointed here, as a browser sends it
 * for a foreign page.
 */
export function isAllowedHost(
  given: string,
  hosts: readonly string[],
): boolean {
  const [, name, port] = HOST.exec(given.toLowerCase()) ?? [];
  if (name === undefined) return false;
  const ports = port === undefined ? DEFAULT_PORTS : [port];
  return LOOPBACK.test(name) || hosts.includes(name) ||
    ports.some((port) => hosts.includes(`${name}:${port}`));
}
