// Gives its shutdown signals up, one in each way, and stays alive.
import { shutdownSignal } from "@goasync/core/signals";

const until = new AbortController();
shutdownSignal()[Symbol.dispose]();
shutdownSignal({ until: until.signal });
shutdownSignal({ until: AbortSignal.abort() });
until.abort();
setInterval(() => {}, 60_000);
console.log("ready");
