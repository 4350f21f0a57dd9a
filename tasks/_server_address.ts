/** Where a server listens. */
export interface ServerAddress {
  /**
   * For a person, and for `fetch`: `"http://127.0.0.1:8000"`. A server that
   * listens at all addresses is at `localhost`. That of a Unix socket is its
   * path, after `"unix:"`.
   */
  url: string;
  /** The address of the host, such as `"127.0.0.1"`; `""` for a Unix socket. */
  hostname: string;
  /** The port; 0 for a Unix socket. */
  port: number;
}

const ALL_ADDRESSES: readonly string[] = ["::", "0.0.0.0"];

/** The address of a server that listens at a port. */
export function tcpAddress(
  scheme: "http" | "https",
  hostname: string,
  port: number,
): ServerAddress {
  const isAll = ALL_ADDRESSES.includes(hostname);
  const host = isAll
    ? "localhost"
    : hostname.includes(":")
    ? `[${hostname}]`
    : hostname;
  return { url: `${scheme}://${host}:${port}`, hostname, port };
}

/** The address of a server that listens at a Unix socket. */
export function unixAddress(path: string): ServerAddress {
  return { url: `unix:${path}`, hostname: "", port: 0 };
}

/**
 * What a server that could not listen throws: an error that names the address,
 * where another has it.
 */
export function listenError(
  thrown: unknown,
  { host, port = 0, path }: {
    host?: string | undefined;
    port?: number | undefined;
    path?: string | undefined;
  },
): unknown {
  const { code } = Object(thrown);
  if (code !== "EADDRINUSE") return thrown;
  const place = path ??
    (host === undefined
      ? `port ${port}`
      : host.includes(":")
      ? `[${host}]:${port}`
      : `${host}:${port}`);
  const error = new Error(
    `Cannot listen at ${place} as it is in use: another server listens there`,
    { cause: thrown },
  );
  return Object.assign(error, { code });
}
