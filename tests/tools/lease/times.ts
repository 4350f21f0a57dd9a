/** What the leases are made with, in milliseconds. */
export const TTL = 1_500;
export const RENEW_EVERY = 500;
