/** The bodies of responses, by path. */
export type Answers = ReadonlyMap<string, BodyInit>;

/** Long ago, as clients pass over what was published lately. */
export const PUBLISHED_AT = "2020-01-01T00:00:00.000Z";
