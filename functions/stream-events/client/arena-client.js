/**
 * Client for live runs of the AoE2 LLM Arena: delivers each event of a run once, in the order of seq, across
 * disconnects. One file without dependencies, for browsers and Node (22 or later; Node 20 with
 * --experimental-websocket). It implements the protocol described in ../PROTOCOL.md.
 *
 *     const arena = new ArenaClient({http: "http://localhost:8000", websocket: "ws://localhost:8000/live"});
 *     const watch = arena.watch(runId, {
 *       onEvents: events => events.forEach(show),
 *       onState: state => { badge.textContent = state; },
 *       onLost: ({from, to}) => warn(`events ${from} to ${to} are lost`),
 *     });
 *     const {state, status, lastSeq} = await watch.ended;
 *
 * All watched runs share one connection. The client reconnects after a disconnect. Events that the live buffer has
 * dropped are read from GET /events, and so are new events while the connection is lost or the live buffer is
 * unavailable. All resources are limited; exceeding a limit is an error that names it.
 *
 * @module arena-client
 */

/**
 * The state of a watch, as displayed to a viewer.
 *
 * - `idle`: the watch was stopped
 * - `connecting`: before the first events of the run, and while reconnecting
 * - `Streaming`: events were delivered, the run has not ended
 * - `Complete`: the run ended with status complete and all its events were delivered
 * - `Closed`: the run ended with another status and all its events were delivered
 * - `Error`: the watch failed; see its error
 */
export const State = Object.freeze({
  IDLE: "idle",
  CONNECTING: "connecting",
  STREAMING: "Streaming",
  COMPLETE: "Complete",
  CLOSED: "Closed",
  ERROR: "Error",
});

/** Limits of the client; the names contain the units. */
export const Limits = Object.freeze({
  /** Concurrent watches of one client, which are subscriptions of one connection. */
  WATCHES: 100,
  /** Longest message accepted; the protocol allows 128 KB. */
  MESSAGE_CHARACTERS: 128 * 1024,
  /** Messages and characters queued for a slow `onEvents`; further ones are dropped and requested again later. */
  QUEUED_MESSAGES: 256,
  QUEUED_CHARACTERS: 1024 * 1024,
  /** Bytes in the send buffer above which the connection counts as lost. */
  UNSENT_BYTES: 128 * 1024,
  /** Events and bytes in one page of GET /events, and bytes of one payload. */
  PAGE_EVENTS: 1_000,
  PAGE_BYTES: 6 * 1024 * 1024,
  PAYLOAD_BYTES: 6 * 1024 * 1024,
  TICKET_BYTES: 4 * 1024,
  /** Consecutive attempts to connect, to subscribe to one run, and to make one HTTP request. */
  CONNECTION_ATTEMPTS: 20,
  SUBSCRIBE_ATTEMPTS: 10,
  HTTP_ATTEMPTS: 8,
  /** Reads of a gap that return no event, before the events count as lost. */
  GAP_ATTEMPTS: 3,
  /** Time between reads of GET /events while a run is delayed; it doubles, to at most 30 s, while they return no event. */
  DELAYED_READ_MILLIS: 4_000,
  /** Consecutive overflows without an event between them. */
  EMPTY_OVERFLOWS: 10,
  /** Backoff before the second attempt, and the longest; it doubles with each attempt, minus a jitter of up to half. */
  MIN_BACKOFF_MILLIS: 500,
  MAX_BACKOFF_MILLIS: 30_000,
  /** Time without a failure after which the count of attempts is reset; longer than a backoff and a request. */
  STABLE_MILLIS: 120_000,
  CONNECT_TIMEOUT_MILLIS: 15_000,
  HTTP_TIMEOUT_MILLIS: 35_000,
  /** Time without a message before a ping or a resubscribe; the gateway closes idle connections after 10 minutes. */
  IDLE_MILLIS: 300_000,
  PONG_TIMEOUT_MILLIS: 30_000,
  /** Age at which a connection is replaced, minus a jitter; the gateway closes connections after 2 hours. */
  MAX_AGE_MILLIS: 110 * 60_000,
  MAX_AGE_JITTER_MILLIS: 5 * 60_000,
  /** Interval of the checks of the times above. */
  TICK_MILLIS: 10_000,
  /** Delay between unsubscribe and subscribe for one run, because the service may process them in either order. */
  RESUBSCRIBE_MILLIS: 1_000,
});

const TOKEN = /^arena_[a-z2-7]{8}_[A-Za-z0-9_-]{43}$/;
const TICKET = /^ticket_[A-Za-z0-9_-]{43}$/;
const RUN_ID = /^[0-9a-f]{32}$/;

/** Code of an error after which the events of the run follow by themselves. */
const BEHIND = "behind";

/** Queued among the messages of a run: the events that there are now are read from GET /events. */
const READ = Object.freeze({message: Object.freeze({type: "read"}), text: ""});

/** Codes of errors that a retry cannot resolve. */
const FINAL_CODES = new Set(["unknown_run", "invalid_field", "bad_json", "unknown_action", "forbidden", "unauthorized"]);

/**
 * An error with a `code` for programs: a code of the service (PROTOCOL.md and openapi.yaml), or one of
 * `connection_lost` (all attempts to connect failed), `overflow` (events dropped by the buffer could not be read),
 * `unreachable` (all attempts of an HTTP request failed), `bad_message` (the service violated the protocol),
 * `consumer_failed` (`onEvents` threw; see `cause`), `payload_unavailable`.
 */
export class ArenaError extends Error {
  /**
   * @param {string} code
   * @param {string} message for people
   * @param {object} [details] `cause`, and further properties, such as `from` and `to` of an `overflow`
   */
  constructor(code, message, {cause, ...details} = {}) {
    super(message, cause === undefined ? undefined : {cause});
    this.name = "ArenaError";
    this.code = code;
    Object.assign(this, details);
  }
}

/**
 * @typedef {object} Envelope one event: `run_id`, `seq`, `agent_id`, `t`, `kind`, `ts`, `schema_version`, and
 *     `payload`, or `payload_url` if the payload was not fetched
 *
 * @typedef {object} WatchOptions
 * @property {number} [fromSeq] the first event to deliver; 1 by default
 * @property {(events: Envelope[], texts?: string[]) => (void | Promise<void>)} [onEvents] called with the next events
 *     in the order of seq. If it returns a promise, the next call waits for it
 * @property {boolean} [texts] whether `onEvents` also gets the JSON of each envelope, with the bytes of the service
 * @property {boolean} [fetchPayloads] whether `payload_url` is replaced by the payload before an event is delivered;
 *     true by default
 * @property {(state: string, detail: object) => void} [onState] called when the {@link State} changes; `detail` has
 *     `status` and `lastSeq` for Complete and Closed, `error` for Error
 * @property {(range: {from: number, to: number}) => void} [onLost] called when events are in neither the buffer, the
 *     journal nor the archive; they are skipped. Without this function the watch ends in Error
 * @property {(end: {status: string, lastSeq: number}) => void} [onClosed] called when the run has ended and all events
 *     were delivered
 * @property {(error: ArenaError) => void} [onError] called when the service returns an error for this run;
 *     `error.final` is whether the watch ends because of it. After `behind` its live events are delayed
 * @property {(delayed: boolean) => void} [onDelayed] called when the run's live events are delayed, because the live
 *     buffer is unavailable or the connection is lost, so that the client reads events from GET /events every few
 *     seconds; and when live events follow again
 * @property {AbortSignal} [signal] stops the watch
 *
 * @typedef {object} WatchEnd
 * @property {string} state Complete, Closed, Error, or idle if the watch was stopped
 * @property {number} lastSeq the last event delivered or reported lost; `fromSeq - 1` if none
 * @property {string} [status] the status of the run
 * @property {ArenaError} [error]
 */

/** Client of one arena: watches runs and reads events. */
export class ArenaClient {
  #http;
  #websocket;
  #WebSocket;
  #fetch;
  #token;
  #clock;
  #random;
  #onError;
  /** @type {Map<string, Watch>} */
  #watches = new Map();
  /** @type {Connection | null} */
  #connection = null;
  /** @type {Connection | null} opened to replace an old connection */
  #replacement = null;
  #replaceAfter = 0;
  #failures = 0;
  #lastFailureAt = 0;
  #reconnectTimer = null;
  #resubscribeTimer = null;
  #tickTimer = null;
  /** Time of the last unsubscribe on this connection, by run. */
  #unsubscribed = new Map();

  /**
   * @param {object} options
   * @param {string} options.http URL of the HTTP interface, such as `http://localhost:8000`
   * @param {string} options.websocket URL of the WebSocket interface, such as `ws://localhost:8000/live`
   * @param {string} [options.token] token of a deployed arena. Every request carries it, and each connection is opened
   *     with a ticket that is fetched before; in a web page, everybody who can read the page's memory can read it
   * @param {typeof WebSocket} [options.WebSocket] the runtime's by default
   * @param {typeof fetch} [options.fetch] the runtime's by default
   * @param {{now(): number, setTimeout(f: () => void, millis: number): any, clearTimeout(timer: any): void}}
   *     [options.clock] the runtime's by default
   * @param {() => number} [options.random] from 0 to 1, for jitter; `Math.random` by default
   * @param {(error: ArenaError) => void} [options.onError] called for errors that concern no watched run
   * @throws {TypeError} if a URL is invalid, or there is no WebSocket implementation
   */
  constructor({http, websocket, token, WebSocket, fetch, clock, random = Math.random, onError}) {
    this.#http = address(http, ["http:", "https:"]);
    this.#websocket = address(websocket, ["ws:", "wss:"]);
    this.#WebSocket = WebSocket ?? globalThis.WebSocket;
    if (typeof this.#WebSocket !== "function") {
      throw new TypeError("this runtime has no WebSocket; pass one, or use --experimental-websocket on Node 20");
    }
    // Looked up on each call; browsers reject fetch when it is called as a method of another object.
    this.#fetch = fetch ?? ((url, options) => globalThis.fetch(url, options));
    this.#clock = clock ?? {
      now: () => Date.now(),
      setTimeout: (f, millis) => globalThis.setTimeout(f, millis),
      clearTimeout: timer => globalThis.clearTimeout(timer),
    };
    if (token !== undefined && !TOKEN.test(token)) {
      throw new TypeError("the token is not valid"); // without its text, which logs must not contain
    }
    this.#token = token;
    this.#random = random;
    this.#onError = onError;
  }

  /**
   * Watches a run: delivers its events from `fromSeq`, then new events, until it ends. Callbacks are called after this
   * method returns.
   *
   * @param {string} runId
   * @param {WatchOptions} [options]
   * @returns {Watch}
   * @throws {TypeError} if the run id or an option is invalid
   * @throws {RangeError} if the run is already watched, or {@link Limits.WATCHES} runs are
   */
  watch(runId, options = {}) {
    requireRunId(runId);
    requireSeq(options.fromSeq ?? 1);
    if (this.#watches.has(runId)) {
      throw new RangeError(`run ${runId} is already watched; stop that watch first`);
    }
    if (this.#watches.size >= Limits.WATCHES) {
      throw new RangeError(`a client watches at most ${Limits.WATCHES} runs at a time`);
    }
    const watch = new Watch(runId, options, this.#host(runId));
    if (options.signal?.aborted) {
      watch.stop();
      return watch;
    }
    this.#watches.set(runId, watch);
    watch.start();
    if (this.#connection === null && this.#replacement === null && this.#reconnectTimer === null) {
      this.#connect();
    }
    return watch;
  }

  /**
   * Reads one page of a run's events from GET /events.
   *
   * @param {string} runId
   * @param {{fromSeq?: number, limit?: number, signal?: AbortSignal}} [options]
   * @returns {Promise<{events: Envelope[], texts: string[], nextFromSeq: number | null, status: string}>} the
   *     envelopes, their JSON, and the `fromSeq` of the next page: null if the run has ended with this page
   * @throws {ArenaError} with the service's code, or `unreachable` if all attempts failed
   */
  async events(runId, {fromSeq = 1, limit = Limits.PAGE_EVENTS, signal} = {}) {
    return this.#page(runId, fromSeq, limit, signal, Limits.HTTP_ATTEMPTS);
  }

  async #page(runId, fromSeq, limit, signal, attempts) {
    requireRunId(runId);
    const text = await this.#requestWithRetries(
        `${this.#http}/events?run_id=${runId}&from_seq=${requireSeq(fromSeq)}&limit=${requireSeq(limit)}`, signal, attempts);
    const page = parsed(text);
    if (page === null || !areEnvelopes(page.events, runId) || typeof page.status !== "string" ||
        (page.next_from_seq !== null && !isSeq(page.next_from_seq)) ||
        (page.events.length > 0 && page.events[0].seq < fromSeq)) {
      throw new ArenaError("bad_message", "GET /events returned an invalid page");
    }
    return {
      events: page.events,
      texts: envelopeTexts(text),
      nextFromSeq: page.next_from_seq,
      status: page.status,
    };
  }

  /**
   * Replaces the `payload_url` of an event by its payload; returns other events unchanged. The payload is read from the
   * link and verified with the digest in its name. If that fails (a link is valid for 15 minutes, and CORS may block
   * it), the payload is read from GET /events.
   *
   * @param {Envelope} event
   * @param {{text?: string, signal?: AbortSignal}} [options] `text` is the JSON of the envelope
   * @returns {Promise<{event: Envelope, text?: string}>} `text` is present if it was passed
   * @throws {ArenaError} if the payload cannot be read
   */
  async withPayload(event, {text, signal} = {}) {
    if (event.payload_url === undefined) {
      return {event, text};
    }
    try {
      const bytes = await this.#request(event.payload_url, Limits.PAYLOAD_BYTES, signal);
      const payloadText = await verifiedPayload(bytes, event);
      const {payload_url: _, ...head} = event;
      return {
        event: {...head, payload: JSON.parse(payloadText)},
        // payload_url, like payload, is the last field of an envelope
        text: text && `${text.slice(0, text.lastIndexOf('"payload_url":'))}"payload":${payloadText}}`,
      };
    } catch (linkFailed) {
      signal?.throwIfAborted();
      const page = await this.events(event.run_id, {fromSeq: event.seq, limit: 1, signal});
      if (page.events.length !== 1 || page.events[0].seq !== event.seq || page.events[0].payload === undefined) {
        throw new ArenaError("payload_unavailable",
            `the payload of event ${event.seq} is neither at its link nor in GET /events`, {cause: linkFailed});
      }
      return {event: page.events[0], text: text && page.texts[0]};
    }
  }

  /** Stops all watches and closes the connection. The client can be used again. */
  close() {
    for (const watch of [...this.#watches.values()]) {
      watch.stop();
    }
    this.#disconnect();
  }

  // ---- interface for watches

  #host(runId) {
    return {
      clock: this.#clock,
      backoff: (attempt) => this.#backoff(attempt),
      jittered: millis => this.#jittered(millis),
      isOpen: () => this.#connection?.isOpen ?? false,
      send: message => {
        if (message.action === "unsubscribe") {
          this.#recordUnsubscribed(runId);
        }
        this.#connection?.send(message);
      },
      /** Milliseconds until the run can be subscribed to. */
      resubscribeDelay: () =>
        Math.max(0, (this.#unsubscribed.get(runId) ?? -Infinity) + Limits.RESUBSCRIBE_MILLIS - this.#clock.now()),
      progressed: () => { this.#failures = 0; },
      events: (fromSeq, limit, signal, attempts = Limits.HTTP_ATTEMPTS) =>
        this.#page(runId, fromSeq, limit, signal, attempts),
      withPayload: (event, text, signal) => this.withPayload(event, {text, signal}),
      ended: () => {
        this.#watches.delete(runId);
        // Deferred, because a caller may stop one watch and start another.
        queueMicrotask(() => {
          if (this.#watches.size === 0) {
            this.#disconnect();
          }
        });
      },
    };
  }

  #recordUnsubscribed(runId) {
    const now = this.#clock.now();
    for (const [other, at] of this.#unsubscribed) {
      if (at + Limits.RESUBSCRIBE_MILLIS <= now) {
        this.#unsubscribed.delete(other);
      }
    }
    this.#unsubscribed.set(runId, now);
  }

  #backoff(attempt) {
    const longest = Math.min(Limits.MAX_BACKOFF_MILLIS, Limits.MIN_BACKOFF_MILLIS * 2 ** (attempt - 1));
    return this.#jittered(longest);
  }

  /** A time that is up to half shorter, so that clients that wait for the same thing do not ask together. */
  #jittered(millis) {
    return millis * (1 - this.#random() / 2);
  }

  // ---- the connection

  #connect() {
    this.#connection = this.#open();
    this.#scheduleTick();
  }

  #open() {
    const address = this.#token === undefined ? this.#websocket : signal => this.#addressWithTicket(signal);
    return new Connection(address, this.#WebSocket, this.#clock, {
      opened: connection => this.#connectionOpened(connection),
      received: data => this.#received(data),
      lost: (connection, why, error) => this.#connectionLost(connection, why, error),
    });
  }

  /** Fetches a ticket, which opens one connection, and returns the address with it. */
  async #addressWithTicket(signal) {
    const bytes = await this.#request(`${this.#http}/tickets`, Limits.TICKET_BYTES, signal,
        {method: "POST", headers: {"content-type": "application/json"}, body: "{}", expected: 201});
    const ticket = parsed(decoded(bytes))?.ticket;
    if (typeof ticket !== "string" || !TICKET.test(ticket)) {
      throw new ArenaError("bad_message", "POST /tickets returned an invalid ticket");
    }
    return `${this.#websocket}?ticket=${ticket}`;
  }

  #connectionOpened(connection) {
    if (connection === this.#replacement) {
      this.#replacement = null;
      this.#connection?.close();
      this.#connection = connection;
      this.#scheduleTick();
    }
    connection.replaceAt = this.#clock.now() + Limits.MAX_AGE_MILLIS - this.#random() * Limits.MAX_AGE_JITTER_MILLIS;
    this.#unsubscribed.clear();
    for (const watch of [...this.#watches.values()]) {
      watch.connected();
    }
  }

  #connectionLost(connection, why, error) {
    if (connection === this.#connection) {
      this.#connection = null;
    } else {
      this.#replacement = null;
      this.#replaceAfter = this.#clock.now() + Limits.MAX_BACKOFF_MILLIS;
    }
    if (this.#connection !== null || this.#watches.size === 0) {
      return;
    }
    if (error?.final) { // the token is not valid: another attempt fails too
      for (const watch of [...this.#watches.values()]) {
        watch.fail(error);
      }
      return;
    }
    // Before the watches are notified, because their callbacks may start or stop watches.
    if (this.#replacement === null) {
      if (!this.#countFailure("connection_lost", why)) {
        return;
      }
      this.#reconnectTimer = this.#clock.setTimeout(() => {
        this.#reconnectTimer = null;
        this.#connect();
      }, this.#backoff(this.#failures));
    }
    for (const watch of [...this.#watches.values()]) {
      watch.disconnected();
    }
  }

  /** Counts a failure; returns false and fails all watches when the attempts are exhausted. */
  #countFailure(code, why) {
    this.#failures++;
    this.#lastFailureAt = this.#clock.now();
    if (this.#failures < Limits.CONNECTION_ATTEMPTS) {
      return true;
    }
    const attempts = this.#failures;
    this.#failures = 0;
    for (const watch of [...this.#watches.values()]) {
      watch.fail(new ArenaError(code, `${why}; gave up after ${attempts} attempts`));
    }
    return false;
  }

  #disconnect() {
    for (const timer of [this.#reconnectTimer, this.#resubscribeTimer, this.#tickTimer]) {
      if (timer !== null) {
        this.#clock.clearTimeout(timer);
      }
    }
    this.#reconnectTimer = this.#resubscribeTimer = this.#tickTimer = null;
    this.#replacement?.close();
    this.#connection?.close();
    this.#replacement = this.#connection = null;
    this.#failures = 0;
  }

  #scheduleTick() {
    if (this.#tickTimer === null) {
      this.#tickTimer = this.#clock.setTimeout(() => {
        this.#tickTimer = null;
        this.#tick();
      }, Limits.TICK_MILLIS);
    }
  }

  #tick() {
    const now = this.#clock.now();
    const connection = this.#connection;
    if (connection === null) {
      return; // the next connection restarts the timer
    }
    this.#scheduleTick();
    if (!connection.isOpen) {
      return;
    }
    if (now - this.#lastFailureAt >= Limits.STABLE_MILLIS) {
      this.#failures = 0;
    }
    if (connection.checkIdle(now)) {
      return; // the connection has reported its loss
    }
    if (now >= connection.replaceAt && this.#replacement === null && now >= this.#replaceAfter) {
      this.#replacement = this.#open();
    }
    for (const watch of this.#watches.values()) {
      watch.resubscribeIfIdle(now);
    }
  }

  // ---- messages from the service

  #received(data) {
    const tooLong = typeof data === "string" && data.length > Limits.MESSAGE_CHARACTERS;
    const message = typeof data === "string" && !tooLong ? parsed(data) : null;
    if (message === null) {
      const what = tooLong ? `is longer than ${Limits.MESSAGE_CHARACTERS} characters` : "is not a JSON object";
      this.#reportError(new ArenaError("bad_message", `a message from the service ${what}`));
      return; // if it contained events, the next message reveals the gap
    }
    let watch = this.#watches.get(message.run_id);
    switch (message.type) {
      case "pong":
        this.#failures = 0;
        break;
      case "events":
      case "overflow":
      case "closed":
        watch?.received(message, data);
        break;
      case "error":
      case undefined: {
        const error = new ArenaError(String(message.code ?? "unavailable"), String(message.message ?? "rejected"));
        if (message.run_id === undefined && message.code !== undefined) {
          const unanswered = [...this.#watches.values()].filter(one => one.isUnanswered);
          watch = unanswered.length === 1 ? unanswered[0] : undefined;
        }
        if (watch !== undefined) {
          watch.rejected(error);
        } else {
          this.#reportError(error);
          if (message.run_id === undefined && !FINAL_CODES.has(error.code)) {
            this.#resubscribeLater(error);
          }
        }
        break;
      }
      default:
        break; // a type of a later version
    }
  }

  /** Retries pending subscriptions after an error of the gateway, which does not name the message that failed. */
  #resubscribeLater(error) {
    if (this.#resubscribeTimer !== null || !this.#countFailure(error.code, error.message)) {
      return;
    }
    this.#resubscribeTimer = this.#clock.setTimeout(() => {
      this.#resubscribeTimer = null;
      for (const watch of [...this.#watches.values()]) {
        watch.resubscribe();
      }
    }, this.#backoff(this.#failures));
  }

  #reportError(error) {
    notify(this.#onError, error);
  }

  // ---- HTTP

  /** Sends a GET request, with retries unless the error is final. */
  async #requestWithRetries(url, signal, attempts) {
    let last;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      try {
        return decoded(await this.#request(url, Limits.PAGE_BYTES, signal));
      } catch (error) {
        signal?.throwIfAborted();
        if (error.final) {
          throw error;
        }
        last = error;
        if (attempt < attempts) {
          await delay(this.#clock, Math.max(this.#backoff(attempt), error.retryAfterMillis ?? 0), signal);
        }
      }
    }
    throw new ArenaError("unreachable", `${last.message}; gave up after ${attempts} ${attempts === 1 ? "attempt" : "attempts"}`,
        {cause: last});
  }

  /** Sends a request, by default GET, and returns the body of a response with the expected status. */
  async #request(url, maxBytes, signal, {expected = 200, headers = {}, ...options} = {}) {
    const abort = new AbortController();
    const cancel = () => abort.abort(signal.reason);
    signal?.addEventListener("abort", cancel);
    const timer = this.#clock.setTimeout(
        () => abort.abort(new ArenaError("unreachable", `no response within ${Limits.HTTP_TIMEOUT_MILLIS} ms`)),
        Limits.HTTP_TIMEOUT_MILLIS);
    try {
      signal?.throwIfAborted();
      const response = await this.#fetch(url, {...options, headers: {...headers, ...this.#authorization(url)}, signal: abort.signal});
      const bytes = await read(response, maxBytes);
      if (response.status !== expected) {
        throw httpError(response, bytes);
      }
      return bytes;
    } finally {
      this.#clock.clearTimeout(timer);
      signal?.removeEventListener("abort", cancel);
    }
  }

  /** The header with the token, which only the arena gets: links of payloads lead to other hosts. */
  #authorization(url) {
    return this.#token !== undefined && url.startsWith(`${this.#http}/`) ? {authorization: `Bearer ${this.#token}`} : {};
  }
}

/** The watch of one run; created by {@link ArenaClient.watch}. */
class Watch {
  #runId;
  #options;
  #host;
  #state = State.CONNECTING;
  #notifiedState = null;
  #next;
  #streamed = false;
  #done = false;
  #queue = [];
  #queuedCharacters = 0;
  #draining = false;
  /** The subscription has ended because of an overflow or a full queue; resubscribe when the queue is empty. */
  #paused = false;
  #subscribed = false;
  #answered = false;
  #lastMessageAt = 0;
  #rejections = 0;
  #overflows = 0;
  #timer = null;
  /** Whether the service has reported that the live buffer is unavailable, and no event has come since. */
  #behind = false;
  #readTimer = null;
  #notifiedDelayed = false;
  #emptyReads = 0;
  #abort = new AbortController();
  #resolveEnded;

  /**
   * Resolves when the watch has ended; is never rejected.
   *
   * @type {Promise<WatchEnd>}
   */
  ended = new Promise(resolve => { this.#resolveEnded = resolve; });

  constructor(runId, options, host) {
    this.#runId = runId;
    this.#options = options;
    this.#host = host;
    this.#next = options.fromSeq ?? 1;
    options.signal?.addEventListener("abort", this.stop);
  }

  /** The id of the run. */
  get runId() {
    return this.#runId;
  }

  /** The current {@link State}. */
  get state() {
    return this.#state;
  }

  /** The last event delivered or reported lost; `fromSeq - 1` if none. */
  get lastSeq() {
    return this.#next - 1;
  }

  /** Stops the watch: its state becomes `idle` and no callback is called afterwards. Idempotent. */
  stop = () => {
    if (!this.#done) {
      this.#end(State.IDLE, {});
    }
  };

  // ---- called by the client

  start() {
    this.#lastMessageAt = this.#host.clock.now();
    this.#subscribe();
    this.#scheduleRead();
    queueMicrotask(() => this.#updateState());
  }

  connected() {
    this.#lastMessageAt = this.#host.clock.now();
    this.#setBehind(false);
    this.#subscribe();
    this.#updateState();
  }

  disconnected() {
    // Queued events are requested again, from the first that was not delivered.
    this.#queue = [];
    this.#queuedCharacters = 0;
    this.#subscribed = false;
    this.#clearTimer();
    this.#scheduleRead();
    this.#updateState();
  }

  /** Queues a message about the run. */
  received(message, text) {
    if (!isValid(message)) {
      this.fail(new ArenaError("bad_message", `the service sent an invalid "${message.type}" message`));
      return;
    }
    this.#answered = true;
    this.#lastMessageAt = this.#host.clock.now();
    if (this.#paused) {
      return;
    }
    if (this.#queue.length >= Limits.QUEUED_MESSAGES ||
        this.#queuedCharacters + text.length > Limits.QUEUED_CHARACTERS) {
      this.#paused = true;
      if (message.type === "events") {
        this.#host.send({action: "unsubscribe", run_id: this.#runId});
      }
      this.#subscribed = false;
      return;
    }
    if (message.type !== "events") {
      this.#subscribed = false;
      this.#paused = message.type === "overflow";
    }
    if (message.type === "events") {
      this.#setBehind(false);
    }
    this.#queue.push({message, text});
    this.#queuedCharacters += text.length;
    this.#drain();
  }

  /** Handles an error that the service returned for this run. */
  rejected(error) {
    this.#answered = true;
    if (error.code === BEHIND) {
      this.#lastMessageAt = this.#host.clock.now();
      error.final = false;
      notify(this.#options.onError, error);
      this.#setBehind(true);
      return; // the subscription stays
    }
    error.final = FINAL_CODES.has(error.code) || ++this.#rejections >= Limits.SUBSCRIBE_ATTEMPTS;
    notify(this.#options.onError, error);
    if (this.#done) {
      return;
    }
    if (error.final) {
      this.fail(error);
    } else {
      this.#later(() => this.#subscribe(), this.#host.backoff(this.#rejections));
    }
  }

  /** Whether a subscription was sent and no message about the run received since. */
  get isUnanswered() {
    return this.#subscribed && !this.#answered;
  }

  /** Repeats a subscription that may not have been received. */
  resubscribe() {
    if (this.isUnanswered) {
      this.#subscribe();
    }
  }

  /** Repeats the subscription after a long time without a message, in case the service has lost it. */
  resubscribeIfIdle(now) {
    if (this.#subscribed && now - this.#lastMessageAt >= Limits.IDLE_MILLIS) {
      this.#lastMessageAt = now;
      this.#subscribe();
    }
  }

  fail(error) {
    if (!this.#done) {
      this.#end(State.ERROR, {error});
    }
  }

  // ---- the subscription

  #subscribe() {
    if (this.#done || this.#paused || !this.#host.isOpen()) {
      return;
    }
    const resubscribeDelay = this.#host.resubscribeDelay();
    if (resubscribeDelay > 0) {
      this.#later(() => this.#subscribe(), resubscribeDelay);
      return;
    }
    this.#clearTimer();
    this.#subscribed = true;
    this.#answered = false;
    this.#host.send({action: "subscribe", run_id: this.#runId, from_seq: this.#next});
  }

  #later(callback, millis) {
    this.#clearTimer();
    this.#timer = this.#host.clock.setTimeout(() => {
      this.#timer = null;
      callback();
    }, millis);
  }

  #clearTimer() {
    if (this.#timer !== null) {
      this.#host.clock.clearTimeout(this.#timer);
      this.#timer = null;
    }
  }

  // ---- delivery, one message at a time

  async #drain() {
    if (this.#draining) {
      return;
    }
    this.#draining = true;
    try {
      while (!this.#done && (this.#queue.length > 0 || this.#paused)) {
        if (this.#queue.length === 0) {
          this.#paused = false;
          this.#subscribe();
          continue;
        }
        const {message, text} = this.#queue.shift();
        this.#queuedCharacters -= text.length;
        switch (message.type) {
          case "events":
            await this.#handleEvents(message.events, text);
            break;
          case "overflow":
            await this.#handleOverflow(message.available_from);
            break;
          case "closed":
            await this.#handleClosed(message.status, message.last_seq);
            break;
          case "read":
            await this.#readDelayed();
            break;
        }
      }
    } catch (error) {
      this.fail(error instanceof ArenaError ? error
          : new ArenaError("bad_message", `a message could not be processed: ${error.message}`, {cause: error}));
    } finally {
      this.#draining = false;
    }
  }

  async #handleEvents(events, text) {
    const duplicates = this.#next - events[0].seq;
    if (duplicates >= events.length) {
      return; // a duplicate
    }
    await this.#fillGap(events[0].seq - 1);
    let texts = this.#options.texts || this.#fetchesPayloadOf(events) ? envelopeTexts(text) : undefined;
    if (this.#fetchesPayloadOf(events)) {
      [events, texts] = await this.#withPayloads(events, texts);
    }
    const before = this.#next;
    await this.#deliver(events, texts);
    if (this.#next > before) {
      this.#rejections = 0;
      this.#overflows = 0;
      this.#host.progressed();
    }
  }

  #fetchesPayloadOf(events) {
    return (this.#options.fetchPayloads ?? true) && events.some(event => event.payload_url !== undefined);
  }

  async #withPayloads(events, texts) {
    const resolved = [[], []];
    for (let i = 0; i < events.length; i++) {
      let result = {event: events[i], text: texts[i]};
      try {
        result = await this.#host.withPayload(events[i], texts[i], this.#abort.signal);
      } catch (error) {
        if (this.#done) {
          break;
        }
        // Deliver the event without its payload, which the caller can read later.
        const unavailable = new ArenaError("payload_unavailable", error.message, {cause: error, final: false});
        notify(this.#options.onError, unavailable);
      }
      resolved[0].push(result.event);
      resolved[1].push(result.text);
    }
    return resolved;
  }

  async #handleOverflow(availableFrom) {
    if (availableFrom > this.#next) {
      await this.#fillGap(availableFrom - 1);
      await this.#readOn();
      return;
    }
    // An overflow to the position already requested is a race with the trimming of the buffer; it must not repeat.
    if (++this.#overflows >= Limits.EMPTY_OVERFLOWS) {
      throw new ArenaError("overflow", `${this.#overflows} consecutive overflows without an event`);
    }
    await delay(this.#host.clock, this.#host.backoff(this.#overflows), this.#abort.signal);
  }

  async #handleClosed(status, lastSeq) {
    await this.#fillGap(lastSeq);
    if (this.#done) {
      return;
    }
    this.#end(status === "complete" ? State.COMPLETE : State.CLOSED, {status, lastSeq});
    notify(this.#options.onClosed, {status, lastSeq});
  }

  /** Delivers the events up to this seq from GET /events; those that it does not return are lost. */
  async #fillGap(to) {
    let attempts = 0;
    while (!this.#done && this.#next <= to) {
      const from = this.#next;
      let page;
      try {
        page = await this.#host.events(from, Math.min(Limits.PAGE_EVENTS, to - from + 1), this.#abort.signal);
      } catch (error) {
        if (this.#done) {
          return;
        }
        throw new ArenaError("overflow", `events ${from} to ${to} could not be read: ${error.message}`,
            {cause: error, from, to});
      }
      if (this.#done) {
        return;
      }
      const first = page.events[0]?.seq ?? to + 1;
      if (first > from) {
        if (++attempts < Limits.GAP_ATTEMPTS) {
          await delay(this.#host.clock, this.#host.backoff(attempts), this.#abort.signal);
          continue;
        }
        this.#skipLost(from, Math.min(first - 1, to));
      }
      attempts = 0;
      const end = page.events.findIndex(event => event.seq > to);
      const count = end === -1 ? page.events.length : end;
      if (count > 0) {
        await this.#deliver(page.events.slice(0, count), page.texts.slice(0, count));
      }
    }
  }

  /**
   * Delivers the events that there are after a gap. A fast run has dropped more of its buffer while the gap was read, so
   * that a subscription at the oldest event of then would overflow again.
   */
  async #readOn() {
    while (!this.#done) {
      let page;
      try {
        page = await this.#host.events(this.#next, Limits.PAGE_EVENTS, this.#abort.signal);
      } catch {
        return; // the subscription returns the events, or the next overflow
      }
      if (!await this.#deliverPage(page)) {
        return;
      }
    }
  }

  /** Delivers a page that begins with the next event; returns whether another page may follow now. */
  async #deliverPage(page) {
    if (this.#done || page.events[0]?.seq !== this.#next) {
      return false;
    }
    await this.#deliver(page.events, page.texts);
    return page.events.length >= Limits.PAGE_EVENTS && page.nextFromSeq !== null;
  }

  // ---- reads while live events are delayed

  get #isDelayed() {
    return this.#behind || !this.#host.isOpen();
  }

  #setBehind(behind) {
    this.#behind = behind;
    if (this.#isDelayed) {
      this.#scheduleRead();
    } else {
      this.#clearReadTimer();
      this.#emptyReads = 0;
      this.#notifyDelayed(false);
    }
  }

  #scheduleRead() {
    if (this.#done || this.#readTimer !== null || !this.#isDelayed) {
      return;
    }
    this.#readTimer = this.#host.clock.setTimeout(() => {
      this.#readTimer = null;
      this.#queue.push(READ);
      this.#drain();
    }, this.#host.jittered(Math.min(Limits.MAX_BACKOFF_MILLIS, Limits.DELAYED_READ_MILLIS * 2 ** this.#emptyReads)));
  }

  #clearReadTimer() {
    if (this.#readTimer !== null) {
      this.#host.clock.clearTimeout(this.#readTimer);
      this.#readTimer = null;
    }
  }

  /** Delivers the events that there are, and the end of the run; the next read repeats one that failed. */
  async #readDelayed() {
    this.#notifyDelayed(true);
    const before = this.#next;
    let more = true;
    while (more && !this.#done && this.#isDelayed) {
      let page;
      try {
        page = await this.#host.events(this.#next, Limits.PAGE_EVENTS, this.#abort.signal, 1);
      } catch {
        break;
      }
      more = await this.#deliverPage(page);
      if (!this.#done && page.nextFromSeq === null && (page.events.at(-1)?.seq ?? this.#next - 1) === this.#next - 1) {
        await this.#handleClosed(page.status, this.#next - 1);
      }
    }
    this.#emptyReads = this.#next > before ? 0 : this.#emptyReads + 1;
    this.#scheduleRead();
  }

  #notifyDelayed(delayed) {
    if (this.#notifiedDelayed !== delayed && !this.#done) {
      this.#notifiedDelayed = delayed;
      notify(this.#options.onDelayed, delayed);
    }
  }

  #skipLost(from, to) {
    if (this.#options.onLost === undefined) {
      throw new ArenaError("overflow", `events ${from} to ${to} are lost`, {from, to});
    }
    this.#next = to + 1;
    notify(this.#options.onLost, {from, to});
  }

  async #deliver(events, texts) {
    const duplicates = this.#next - events[0]?.seq;
    if (this.#done || !(duplicates < events.length)) {
      return;
    }
    const newEvents = events.slice(duplicates);
    this.#next = newEvents.at(-1).seq + 1;
    this.#streamed = true;
    this.#updateState();
    if (this.#done) {
      return;
    }
    try {
      await this.#options.onEvents?.(newEvents, this.#options.texts ? texts.slice(duplicates) : undefined);
    } catch (cause) {
      throw new ArenaError("consumer_failed", `onEvents failed: ${cause?.message ?? cause}`, {cause});
    }
  }

  // ---- state

  #updateState() {
    if (this.#done) {
      return;
    }
    this.#state = this.#streamed && this.#host.isOpen() ? State.STREAMING : State.CONNECTING;
    this.#notifyState({});
  }

  #notifyState(detail) {
    if (this.#notifiedState !== this.#state) {
      this.#notifiedState = this.#state;
      notify(this.#options.onState, this.#state, detail);
    }
  }

  #end(state, detail) {
    this.#done = true;
    this.#state = state;
    this.#queue = [];
    this.#clearTimer();
    this.#clearReadTimer();
    this.#abort.abort();
    this.#options.signal?.removeEventListener("abort", this.stop);
    if (this.#subscribed && this.#host.isOpen()) {
      this.#host.send({action: "unsubscribe", run_id: this.#runId});
    }
    this.#host.ended();
    if (state !== State.IDLE) {
      this.#notifyState(detail);
    }
    this.#resolveEnded({state, lastSeq: this.lastSeq, ...detail});
  }
}

/** One socket; reports its loss once. */
class Connection {
  #socket;
  #clock;
  #on;
  #opening;
  #abort = new AbortController();
  #closed = false;
  #receivedAt = 0;
  #pingedAt = null;

  isOpen = false;
  /** Time at which to replace the connection. */
  replaceAt = Infinity;

  /** @param address the URL, or a function of an AbortSignal that returns a promise of it */
  constructor(address, WebSocket, clock, on) {
    this.#clock = clock;
    this.#on = on;
    this.#opening = clock.setTimeout(
        () => this.#lost(`connection timed out after ${Limits.CONNECT_TIMEOUT_MILLIS} ms`),
        Limits.CONNECT_TIMEOUT_MILLIS);
    if (typeof address === "string") {
      this.#connect(address, WebSocket);
      return;
    }
    address(this.#abort.signal).then(
        url => this.#closed || this.#connect(url, WebSocket),
        error => this.#lost(`connection failed: ${error.message}`, error));
  }

  #connect(url, WebSocket) {
    try {
      this.#socket = new WebSocket(url);
    } catch (error) {
      // A page served over https cannot open ws:, and a content security policy may forbid the URL.
      queueMicrotask(() => this.#lost(`connection failed: ${error.message}`));
      return;
    }
    this.#socket.onopen = () => this.#opened();
    this.#socket.onmessage = ({data}) => this.#received(data);
    this.#socket.onerror = () => {}; // a close event with the reason follows
    this.#socket.onclose = ({code}) =>
      this.#lost(this.isOpen ? `connection closed (${code})` : `connection failed (${code})`);
  }

  send(message) {
    if (!this.isOpen) {
      return;
    }
    if (this.#socket.bufferedAmount > Limits.UNSENT_BYTES) {
      this.#lost(`more than ${Limits.UNSENT_BYTES} bytes in the send buffer`);
      return;
    }
    this.#socket.send(JSON.stringify(message));
  }

  /** Sends a ping if the connection is idle; returns whether it is lost. */
  checkIdle(now) {
    if (this.#pingedAt !== null && now - this.#pingedAt >= Limits.PONG_TIMEOUT_MILLIS) {
      this.#lost(`no response to a ping within ${Limits.PONG_TIMEOUT_MILLIS} ms`);
      return true;
    }
    if (this.#pingedAt === null && now - this.#receivedAt >= Limits.IDLE_MILLIS) {
      this.#pingedAt = now;
      this.send({action: "ping"});
    }
    return this.#closed;
  }

  /** Closes the socket without a report. */
  close() {
    if (!this.#closed) {
      this.#shutDown();
    }
  }

  #opened() {
    if (this.#closed) {
      return;
    }
    this.#clock.clearTimeout(this.#opening);
    this.isOpen = true;
    this.#receivedAt = this.#clock.now();
    this.#on.opened(this);
  }

  #received(data) {
    if (this.#closed) {
      return;
    }
    this.#receivedAt = this.#clock.now();
    this.#pingedAt = null;
    this.#on.received(data);
  }

  #lost(why, error) {
    if (this.#closed) {
      return;
    }
    this.#shutDown();
    this.#on.lost(this, why, error);
  }

  #shutDown() {
    this.#closed = true;
    this.isOpen = false;
    this.#clock.clearTimeout(this.#opening);
    this.#abort.abort();
    this.#socket?.close();
  }
}

// ---- parsing

/**
 * Returns the JSON of each envelope in a message or page unchanged; parsing and serializing would change numbers such
 * as 200.0.
 *
 * @param {string} text a message of type `events`, or a response of GET /events
 * @returns {string[]}
 */
export function envelopeTexts(text) {
  const texts = [];
  let depth = 0;
  let inEvents = false;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text[i]) {
      case '"': {
        const end = closingQuote(text, i);
        // Only the field of the outermost object; inside an envelope the depth is greater.
        if (depth === 1 && text.startsWith('"events"', i) && /^\s*:\s*\[/.test(text.slice(end + 1, end + 20))) {
          inEvents = true;
        }
        i = end;
        break;
      }
      case "{":
      case "[":
        depth++;
        if (inEvents && depth === 3) {
          start = i;
        }
        break;
      case "}":
      case "]":
        if (inEvents && depth === 3) {
          texts.push(text.slice(start, i + 1));
        }
        depth--;
        if (inEvents && depth === 1) {
          return texts;
        }
        break;
    }
  }
  return texts;
}

function closingQuote(text, opening) {
  for (let end = text.indexOf('"', opening + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === "\\") {
      backslashes++;
    }
    if (backslashes % 2 === 0) {
      return end;
    }
  }
  return text.length;
}

function parsed(text) {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function isSeq(value) {
  return Number.isSafeInteger(value) && value >= 1;
}

function isValid(message) {
  switch (message.type) {
    case "events":
      return areEnvelopes(message.events, message.run_id) && message.events.length > 0;
    case "overflow":
      return isSeq(message.available_from);
    default:
      return typeof message.status === "string" && (message.last_seq === 0 || isSeq(message.last_seq));
  }
}

/** Whether these are envelopes of the run without gaps. */
function areEnvelopes(events, runId) {
  return Array.isArray(events) && events.every((event, i) =>
    event !== null && typeof event === "object" && event.run_id === runId && isSeq(event.seq) &&
    event.seq === events[0].seq + i);
}

function decoded(bytes) {
  return new TextDecoder("utf-8", {fatal: true, ignoreBOM: true}).decode(bytes);
}

/** Returns the payload's JSON after checking its kind and its digest against the event's link. */
async function verifiedPayload(bytes, event) {
  const text = decoded(bytes);
  if (parsed(text)?.kind !== event.kind) {
    throw new ArenaError("payload_unavailable", `the link of event ${event.seq} returned no payload of its kind`);
  }
  const promised = /-([0-9a-f]{16})\.json$/.exec(new URL(event.payload_url).pathname)?.[1];
  const subtle = globalThis.crypto?.subtle; // available only in secure contexts
  if (promised !== undefined && subtle !== undefined) {
    const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
    const hex = [...digest.slice(0, 8)].map(byte => byte.toString(16).padStart(2, "0")).join("");
    if (hex !== promised) {
      throw new ArenaError("payload_unavailable", `the link of event ${event.seq} returned another payload`);
    }
  }
  return text;
}

/** Reads the body of a response of at most `maxBytes` bytes. */
async function read(response, maxBytes) {
  const pieces = [];
  let size = 0;
  const reader = response.body?.getReader();
  while (reader) {
    const {done, value} = await reader.read();
    if (done) {
      break;
    }
    size += value.length;
    if (size > maxBytes) {
      await reader.cancel();
      throw new ArenaError("bad_message", `the response is larger than ${maxBytes} bytes`, {final: true});
    }
    pieces.push(value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function httpError(response, bytes) {
  let error;
  try {
    error = parsed(decoded(bytes))?.error;
  } catch {
    // the body is not text
  }
  const seconds = Number(response.headers.get("retry-after") ?? NaN);
  return new ArenaError(String(error?.code ?? "unreachable"), String(error?.message ?? `status ${response.status}`), {
    final: response.status !== 429 && response.status < 500,
    retryAfterMillis: seconds > 0 ? Math.min(seconds * 1_000, Limits.MAX_BACKOFF_MILLIS) : undefined,
  });
}

function address(text, protocols) {
  const url = new URL(text);
  if (!protocols.includes(url.protocol)) {
    throw new TypeError(`${text} does not start with ${protocols.join(" or ")}`);
  }
  return url.href.replace(/\/$/, "");
}

function requireRunId(runId) {
  if (typeof runId !== "string" || !RUN_ID.test(runId)) {
    throw new TypeError("a run id has 32 lower-case hex digits");
  }
}

function requireSeq(seq) {
  if (!isSeq(seq)) {
    throw new TypeError(`${seq} is not an integer of at least 1`);
  }
  return seq;
}

function delay(clock, millis, signal) {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clock.clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = clock.setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, millis);
    signal?.addEventListener("abort", abort, {once: true});
  });
}

/** Calls a callback of the application; an exception in it is reported as uncaught. */
function notify(f, ...values) {
  try {
    f?.(...values);
  } catch (error) {
    queueMicrotask(() => { throw error; });
  }
}
