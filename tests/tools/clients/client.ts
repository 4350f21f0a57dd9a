/** A runtime and what installs packages for it, ready to be tried. */
export interface Client {
  /** What is tried, with its version. */
  readonly runtime: string;
  /** With what, with their versions. */
  readonly tools: readonly string[];
  /** The folders of its programs. */
  readonly programs: readonly string[];
  /** The environment of its programs. */
  readonly env: Readonly<Record<string, string>>;
  /** The path on the registry that it must ask for to install the package. */
  readonly asksFor: string;
  /** What one types to install the package. */
  readonly install: string;
  /** What one types to check the types of the consumer and the quick start. */
  readonly checks: readonly string[];
  /** What one types to run the quick start. */
  readonly quickStart: string;
  /** What one types to run the consumer. */
  readonly consumer: string;
}

/** How to get a client. */
export interface ClientSource {
  /** What is missing if it cannot be had. */
  readonly name: string;
  /** Gets it for the registry at a URL; what it takes goes into a folder. */
  readonly get: (scratch: string, url: string) => Promise<Client>;
}
