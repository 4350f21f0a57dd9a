/**
 * How long it takes here to acquire something or to give it back, in
 * milliseconds: long enough to see in the report what comes after what.
 */
export const MOMENT = 150;
