/** A name or an address, and perhaps a port. */
const HOST = /^(\[[\da-f:.]+\]|[a-z\d._-]+)(?::\d{1,5})?$/i;

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
  const host = given.toLowerCase();
  const [, name = ""] = HOST.exec(host) ?? [];
  return LOOPBACK.test(name) || name !== "" && (
        hosts.includes(name) || hosts.includes(host)
      );
}
