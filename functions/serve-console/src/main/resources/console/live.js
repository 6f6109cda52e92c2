/**
 * The one client for live runs, which all views share. Loaded with the first view that shows a run.
 *
 * @module live
 */
import {ArenaClient} from "./vendor/arena-client.js";

const clients = new WeakMap();

/**
 * The client of an arena, made with the token of the moment.
 *
 * @param {import("./api.js").Api} api
 * @returns {ArenaClient}
 */
export function clientOf(api) {
  let client = clients.get(api);
  if (client === undefined) {
    client = new ArenaClient({
      http: api.base,
      websocket: api.deployment.websocket_url,
      token: api.token ?? undefined,
      WebSocket: observing(api.overflow),
    });
    clients.set(api, client);
    const unsubscribe = api.tokens.subscribe(() => {
      unsubscribe();
      clients.delete(api);
      client.close();
    });
  }
  return client;
}

/** The browser's WebSocket, which also reports overflows: the client fills their gaps without notice. */
function observing(overflow) {
  return class extends WebSocket {
    constructor(url) {
      super(url);
      this.addEventListener("message", ({data}) => {
        if (typeof data === "string" && data.length < 1_000 && data.includes('"overflow"')) {
          const message = JSON.parse(data);
          if (message.type === "overflow" && message.available_from > message.requested_seq) {
            overflow.set({runId: message.run_id, from: message.requested_seq, to: message.available_from - 1});
          }
        }
      });
    }
  };
}
