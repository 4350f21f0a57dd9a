import { isAllowedHost } from "./host.ts";
import type { InspectorSettings } from "./options.ts";
import { hasToken } from "./token.ts";

/** A request, whatever server has taken it. */
export interface Asked {
  readonly method: string;
  /** The path, and the query if there is one. */
  readonly target: string;
  /** The host that it was sent to, as whoever sends it calls it. */
  readonly host: string;
  /** The value of a header. */
  header(name: string): string | null;
}

/** Why a request is refused. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly why: string;
}

/**
 * Why nothing is answered at all: the host is foreign, or the page that asks is.
 */
export function refusal(
  asked: Asked,
  { hosts }: InspectorSettings,
): Refusal | undefined {
  if (!isAllowedHost(asked.host, hosts)) {
    return { status: 403, why: "This host is not one of 'hosts'" };
  }
  if (!isOfThisOrigin(asked)) {
    return { status: 403, why: "The page that asks is not this one" };
  }
}

/** Why nothing is told of the program. */
export function refusalOfData(
  asked: Asked,
  { token }: InspectorSettings,
): Refusal | undefined {
  const isFromHere = ["same-origin", null].includes(
    asked.header("sec-fetch-site"),
  );
  if (!isFromHere) {
    return { status: 403, why: "The page that asks is not this one" };
  }
  if (hasToken(asked.header("authorization"), token)) return;
  return {
    status: 401,
    why: "The token is missing or wrong: open the address that is printed",
  };
}

/** Why nothing is done to the program: a page says by its origin who asks. */
export function refusalOfControl(asked: Asked): Refusal | undefined {
  if (asked.header("origin") !== null) return; // And it is the same.
  return { status: 403, why: "Whoever controls must send its origin" };
}

/** Whether a page of the same host and port asks, or no page. */
function isOfThisOrigin({ host, header }: Asked): boolean {
  const origin = header("origin");
  if (origin === null) return true;
  return ["http", "https"].some((scheme) => origin === `${scheme}://${host}`);
}
