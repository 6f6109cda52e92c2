/**
 * Watches runs of the AoE2 LLM Arena, each event once and in the order of its seq, whatever happens to the
 * connection. One file without dependencies, for browsers and for Node (22 and later; Node 20 with
 * --experimental-websocket). The protocol that it speaks is in ../PROTOCOL.md.
 *
 *     const arena = new ArenaClient({http: "http://localhost:8000", websocket: "ws://localhost:8000/live"});
 *     const watch = arena.watch(runId, {
 *       onEvents: events => events.forEach(show),
 *       onState: state => { badge.textContent = state; },
 *       onLost: ({from, to}) => note(`events ${from} to ${to} are gone`),
 *     });
 *     const {state, status, lastSeq} = await watch.ended;
 *
 * Many runs share one connection. A lost connection is found again; what the live buffer has dropped meanwhile is
 * read from GET /events. Everything has a bound, and reaching one is an error that names it.
 *
 * @module arena-client
 */

/**
 * What a viewer is shown of a watch.
 *
 * - `idle`: nothing is watched (a watch that was stopped)
 * - `connecting`: until the first events of the run, and while connecting again
 * - `Streaming`: events came, the end did not
 * - `Complete`: the run ended complete, and all its events were delivered
 * - `Closed`: the run ended otherwise, and all its events were delivered
 * - `Error`: the watch is given up; its error says why
 */
export const State = Object.freeze({
  IDLE: "idle",
  CONNECTING: "connecting",
  STREAMING: "Streaming",
  COMPLETE: "Complete",
  CLOSED: "Closed",
  ERROR: "Error",
});

/** The bounds, in milliseconds, characters or bytes as their names say. */
export const Limits = Object.freeze({
  /** Runs that one client watches at once: subscriptions of one connection. */
  WATCHES: 100,
  /** Longest message taken; the protocol's are at most 128 KB. */
  MESSAGE_CHARACTERS: 128 * 1024,
  /** Messages and characters that wait for a slow `onEvents`; what is more is asked for again later. */
  WAITING_MESSAGES: 256,
  WAITING_CHARACTERS: 1024 * 1024,
  /** Bytes that wait to be sent before the connection counts as lost. */
  UNSENT_BYTES: 128 * 1024,
  /** Events and bytes of one page of GET /events, and bytes of one payload. */
  PAGE_EVENTS: 1_000,
  PAGE_BYTES: 6 * 1024 * 1024,
  PAYLOAD_BYTES: 6 * 1024 * 1024,
  /** Attempts in a row at a connection, at one subscription, at one HTTP call. */
  CONNECTION_ATTEMPTS: 20,
  SUBSCRIBE_ATTEMPTS: 10,
  CALL_ATTEMPTS: 8,
  /** Attempts to find events that the service answers without, before they count as lost. */
  LOOKS: 3,
  /** Overflows in a row that bring no event. */
  FRUITLESS_OVERFLOWS: 10,
  /** Pause before the second attempt; each further one is twice as long, up to the longest, less up to half of it. */
  FIRST_PAUSE_MILLIS: 500,
  LONGEST_PAUSE_MILLIS: 30_000,
  /** Time without a failure after which attempts are counted anew: more than a pause and a call take. */
  STABLE_MILLIS: 120_000,
  CONNECT_MILLIS: 15_000,
  CALL_MILLIS: 35_000,
  /** Silence before a ping, and before a silent run is subscribed to again; the gateway hangs up after 10 minutes. */
  SILENCE_MILLIS: 300_000,
  PONG_MILLIS: 30_000,
  /** Age at which a connection is replaced, less up to 5 minutes; the gateway ends one after 2 hours. */
  LIFE_MILLIS: 110 * 60_000,
  LIFE_SPREAD_MILLIS: 5 * 60_000,
  /** How often the limits above are looked at. */
  TICK_MILLIS: 10_000,
  /** Pause between unsubscribing and subscribing to the same run, which the service may take in either order. */
  SETTLE_MILLIS: 1_000,
});

const RUN_ID = /^[0-9a-f]{32}$/;

/** Codes after which to say the same again cannot help. */
const FINAL_CODES = new Set(["unknown_run", "invalid_field", "bad_json", "unknown_action"]);

/**
 * What went wrong. `code` is for programs: the service's own codes (PROTOCOL.md and openapi.yaml), or one of
 * `connection_lost` (no connection, after all attempts), `overflow` (events that the buffer had dropped could not be
 * had), `unreachable` (an HTTP call, after all attempts), `bad_message` (the service said something that the protocol
 * does not have), `consumer_failed` (`onEvents` threw; the `cause` is what it threw), `payload_unavailable`.
 */
export class ArenaError extends Error {
  /**
   * @param {string} code
   * @param {string} message for people
   * @param {object} [details] `cause`, and fields to set, such as `from` and `to` of an `overflow`
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
 *     `payload` (or `payload_url`, if the payload was not fetched)
 *
 * @typedef {object} WatchOptions
 * @property {number} [fromSeq] the first event wanted, from 1; 1 by default
 * @property {(events: Envelope[], texts?: string[]) => (void | Promise<void>)} [onEvents] one or more events, the next
 *     ones in the order of seq. If it gives a promise, the next call waits for that
 * @property {boolean} [texts] whether `onEvents` is given each envelope's JSON too, to the byte as the service keeps it
 * @property {boolean} [fetchPayloads] whether a large payload, which comes as `payload_url`, is put in its place before
 *     the event is delivered; true by default
 * @property {(state: string, detail: object) => void} [onState] the {@link State} has changed; `detail` has `status`
 *     and `lastSeq` for Complete and Closed, `error` for Error
 * @property {(range: {from: number, to: number}) => void} [onLost] these events are neither in the buffer nor in the
 *     journal nor in the archive: they are passed over. Without this function the watch ends in Error instead
 * @property {(end: {status: string, lastSeq: number}) => void} [onClosed] the run has ended and all was delivered
 * @property {(error: ArenaError) => void} [onError] the service refused something about this run, with its `code`;
 *     `error.final` tells whether the watch ends by it
 * @property {AbortSignal} [signal] stops the watch
 *
 * @typedef {object} WatchEnd
 * @property {string} state Complete, Closed, Error, or idle if it was stopped
 * @property {number} lastSeq the last event delivered or told to be lost; `fromSeq - 1` if none
 * @property {string} [status] the run's
 * @property {ArenaError} [error]
 */

/** The arena, at its addresses: watches runs and reads events. */
export class ArenaClient {
  #http;
  #websocket;
  #WebSocket;
  #fetch;
  #clock;
  #random;
  #onError;
  /** @type {Map<string, Watch>} */
  #watches = new Map();
  /** @type {Connection | null} */
  #connection = null;
  /** @type {Connection | null} opened when the connection is old, to take its place */
  #successor = null;
  #successorAfter = 0;
  #failures = 0;
  #failedAt = 0;
  #reconnecting = null;
  #resubscribing = null;
  #ticking = null;
  /** When which run was last unsubscribed from, on this connection. */
  #unsubscribed = new Map();

  /**
   * @param {object} options
   * @param {string} options.http address of the HTTP interface, such as `http://localhost:8000`
   * @param {string} options.websocket address of the WebSocket interface, such as `ws://localhost:8000/live`
   * @param {typeof WebSocket} [options.WebSocket] the runtime's own by default
   * @param {typeof fetch} [options.fetch] the runtime's own by default
   * @param {{now(): number, setTimeout(f: () => void, millis: number): any, clearTimeout(timer: any): void}}
   *     [options.clock] the runtime's own by default
   * @param {() => number} [options.random] from 0 to 1, for the pauses; `Math.random` by default
   * @param {(error: ArenaError) => void} [options.onError] what the service says that is about no watched run
   * @throws {TypeError} if an address is none, or the runtime has no WebSocket and none is given
   */
  constructor({http, websocket, WebSocket, fetch, clock, random = Math.random, onError}) {
    this.#http = address(http, ["http:", "https:"]);
    this.#websocket = address(websocket, ["ws:", "wss:"]);
    this.#WebSocket = WebSocket ?? globalThis.WebSocket;
    if (typeof this.#WebSocket !== "function") {
      throw new TypeError("there is no WebSocket here; on Node 20 use --experimental-websocket, or pass one");
    }
    // Not bound early, nor called as a method of this: browsers insist on the window.
    this.#fetch = fetch ?? ((url, options) => globalThis.fetch(url, options));
    this.#clock = clock ?? {
      now: () => Date.now(),
      setTimeout: (f, millis) => globalThis.setTimeout(f, millis),
      clearTimeout: timer => globalThis.clearTimeout(timer),
    };
    this.#random = random;
    this.#onError = onError;
  }

  /**
   * Watches a run: everything it has from `fromSeq` on, then what is played, until it ends. Functions are called from
   * now on, but not before this returns.
   *
   * @param {string} runId
   * @param {WatchOptions} [options]
   * @returns {Watch}
   * @throws {TypeError} if the id is no run's or an option is not possible
   * @throws {RangeError} if this client watches {@link Limits.WATCHES} runs already, or this one
   */
  watch(runId, options = {}) {
    requireRunId(runId);
    requireSeq(options.fromSeq ?? 1);
    if (this.#watches.has(runId)) {
      throw new RangeError(`run ${runId} is watched already; stop that watch first`);
    }
    if (this.#watches.size >= Limits.WATCHES) {
      throw new RangeError(`a client watches at most ${Limits.WATCHES} runs at once`);
    }
    const watch = new Watch(runId, options, this.#host(runId));
    if (options.signal?.aborted) {
      watch.stop();
      return watch;
    }
    this.#watches.set(runId, watch);
    watch.begin();
    if (this.#connection === null && this.#successor === null && this.#reconnecting === null) {
      this.#connect();
    }
    return watch;
  }

  /**
   * One page of a run's events, from wherever they now are.
   *
   * @param {string} runId
   * @param {{fromSeq?: number, limit?: number, signal?: AbortSignal}} [options]
   * @returns {Promise<{events: Envelope[], texts: string[], nextFromSeq: number | null, status: string}>} the
   *     envelopes, their very JSON, and what to ask for next: null when the run has ended and its last event is here
   * @throws {ArenaError} with the service's code, or `unreachable` after several attempts
   */
  async events(runId, {fromSeq = 1, limit = Limits.PAGE_EVENTS, signal} = {}) {
    requireRunId(runId);
    const text = await this.#get(
        `${this.#http}/events?run_id=${runId}&from_seq=${requireSeq(fromSeq)}&limit=${requireSeq(limit)}`, signal);
    const page = parsed(text);
    if (page === null || !areEnvelopes(page.events, runId) || typeof page.status !== "string" ||
        (page.next_from_seq !== null && !isSeq(page.next_from_seq)) ||
        (page.events.length > 0 && page.events[0].seq < fromSeq)) {
      throw new ArenaError("bad_message", "GET /events answered with something else than events");
    }
    return {
      events: page.events,
      texts: envelopeTexts(text),
      nextFromSeq: page.next_from_seq,
      status: page.status,
    };
  }

  /**
   * The whole of an event that has a `payload_url`; any other as it is. The payload is taken from the link, and
   * checked against the digest in its name; if that fails (it is good for 15 minutes, and other origins may not be let
   * in), from GET /events.
   *
   * @param {Envelope} event
   * @param {{text?: string, signal?: AbortSignal}} [options] `text` is the JSON of the envelope
   * @returns {Promise<{event: Envelope, text?: string}>} `text` is there if it was given
   * @throws {ArenaError} if it cannot be had
   */
  async whole(event, {text, signal} = {}) {
    if (event.payload_url === undefined) {
      return {event, text};
    }
    try {
      const bytes = await this.#call(event.payload_url, Limits.PAYLOAD_BYTES, signal);
      const payloadText = await verifiedPayload(bytes, event);
      const {payload_url: _, ...head} = event;
      return {
        event: {...head, payload: JSON.parse(payloadText)},
        // the link is the envelope's last field, as the payload is
        text: text && `${text.slice(0, text.lastIndexOf('"payload_url":'))}"payload":${payloadText}}`,
      };
    } catch (linkFailed) {
      signal?.throwIfAborted();
      const page = await this.events(event.run_id, {fromSeq: event.seq, limit: 1, signal});
      if (page.events.length !== 1 || page.events[0].seq !== event.seq || page.events[0].payload === undefined) {
        throw new ArenaError("payload_unavailable",
            `neither its link nor GET /events has the payload of event ${event.seq}`, {cause: linkFailed});
      }
      return {event: page.events[0], text: text && page.texts[0]};
    }
  }

  /** Stops every watch, and hangs up. The client can be used again. */
  close() {
    for (const watch of [...this.#watches.values()]) {
      watch.stop();
    }
    this.#hangUp();
  }

  // ---- what watches need of the client

  #host(runId) {
    return {
      clock: this.#clock,
      pause: (attempt) => this.#pause(attempt),
      isOpen: () => this.#connection?.isOpen ?? false,
      say: message => {
        if (message.action === "unsubscribe") {
          this.#noteUnsubscribed(runId);
        }
        this.#connection?.say(message);
      },
      /** Milliseconds until the run may be subscribed to. */
      settling: () =>
        Math.max(0, (this.#unsubscribed.get(runId) ?? -Infinity) + Limits.SETTLE_MILLIS - this.#clock.now()),
      progressed: () => { this.#failures = 0; },
      events: (fromSeq, limit, signal) => this.events(runId, {fromSeq, limit, signal}),
      whole: (event, text, signal) => this.whole(event, {text, signal}),
      ended: () => {
        this.#watches.delete(runId);
        // Not at once: whoever stops one watch often begins another.
        queueMicrotask(() => {
          if (this.#watches.size === 0) {
            this.#hangUp();
          }
        });
      },
    };
  }

  #noteUnsubscribed(runId) {
    const now = this.#clock.now();
    for (const [other, at] of this.#unsubscribed) {
      if (at + Limits.SETTLE_MILLIS <= now) {
        this.#unsubscribed.delete(other);
      }
    }
    this.#unsubscribed.set(runId, now);
  }

  #pause(attempt) {
    const longest = Math.min(Limits.LONGEST_PAUSE_MILLIS, Limits.FIRST_PAUSE_MILLIS * 2 ** (attempt - 1));
    return longest * (1 - this.#random() / 2);
  }

  // ---- the connection

  #connect() {
    this.#connection = this.#open();
    this.#tickLater();
  }

  #open() {
    return new Connection(this.#websocket, this.#WebSocket, this.#clock, {
      opened: connection => this.#opened(connection),
      heard: data => this.#heard(data),
      lost: (connection, why) => this.#lost(connection, why),
    });
  }

  #opened(connection) {
    if (connection === this.#successor) {
      this.#successor = null;
      this.#connection?.close();
      this.#connection = connection;
      this.#tickLater();
    }
    connection.renewAt = this.#clock.now() + Limits.LIFE_MILLIS - this.#random() * Limits.LIFE_SPREAD_MILLIS;
    this.#unsubscribed.clear();
    for (const watch of [...this.#watches.values()]) {
      watch.connected();
    }
  }

  #lost(connection, why) {
    if (connection === this.#connection) {
      this.#connection = null;
    } else {
      this.#successor = null;
      this.#successorAfter = this.#clock.now() + Limits.LONGEST_PAUSE_MILLIS;
    }
    if (this.#connection !== null || this.#watches.size === 0) {
      return;
    }
    // Before the watches are told: what they call may begin or stop others.
    if (this.#successor === null) {
      if (!this.#mayTryAgain("connection_lost", why)) {
        return;
      }
      this.#reconnecting = this.#clock.setTimeout(() => {
        this.#reconnecting = null;
        this.#connect();
      }, this.#pause(this.#failures));
    }
    for (const watch of [...this.#watches.values()]) {
      watch.disconnected();
    }
  }

  /** Counts a failure; the one too many ends every watch. */
  #mayTryAgain(code, why) {
    this.#failures++;
    this.#failedAt = this.#clock.now();
    if (this.#failures < Limits.CONNECTION_ATTEMPTS) {
      return true;
    }
    const attempts = this.#failures;
    this.#failures = 0;
    for (const watch of [...this.#watches.values()]) {
      watch.fail(new ArenaError(code, `${why}; given up after ${attempts} attempts`));
    }
    return false;
  }

  #hangUp() {
    for (const timer of [this.#reconnecting, this.#resubscribing, this.#ticking]) {
      if (timer !== null) {
        this.#clock.clearTimeout(timer);
      }
    }
    this.#reconnecting = this.#resubscribing = this.#ticking = null;
    this.#successor?.close();
    this.#connection?.close();
    this.#successor = this.#connection = null;
    this.#failures = 0;
  }

  #tickLater() {
    if (this.#ticking === null) {
      this.#ticking = this.#clock.setTimeout(() => {
        this.#ticking = null;
        this.#tick();
      }, Limits.TICK_MILLIS);
    }
  }

  #tick() {
    const now = this.#clock.now();
    const connection = this.#connection;
    if (connection === null) {
      return; // the next one ticks again
    }
    this.#tickLater();
    if (!connection.isOpen) {
      return;
    }
    if (now - this.#failedAt >= Limits.STABLE_MILLIS) {
      this.#failures = 0;
    }
    if (connection.isSilent(now)) {
      return; // it has said that it is lost
    }
    if (now >= connection.renewAt && this.#successor === null && now >= this.#successorAfter) {
      this.#successor = this.#open();
    }
    for (const watch of this.#watches.values()) {
      watch.remind(now);
    }
  }

  // ---- what the service says

  #heard(data) {
    const tooLong = typeof data === "string" && data.length > Limits.MESSAGE_CHARACTERS;
    const message = typeof data === "string" && !tooLong ? parsed(data) : null;
    if (message === null) {
      const what = tooLong ? `is longer than ${Limits.MESSAGE_CHARACTERS} characters` : "is no JSON object";
      this.#surface(new ArenaError("bad_message", `a message of the service ${what}`));
      return; // if it held events, the next ones show the gap
    }
    let watch = this.#watches.get(message.run_id);
    switch (message.type) {
      case "pong":
        this.#failures = 0;
        break;
      case "events":
      case "overflow":
      case "closed":
        watch?.heard(message, data);
        break;
      case "error":
      case undefined: {
        const error = new ArenaError(String(message.code ?? "unavailable"), String(message.message ?? "refused"));
        if (message.run_id === undefined && message.code !== undefined) {
          const unanswered = [...this.#watches.values()].filter(one => one.isUnanswered);
          watch = unanswered.length === 1 ? unanswered[0] : undefined;
        }
        if (watch !== undefined) {
          watch.refused(error);
        } else {
          this.#surface(error);
          if (message.run_id === undefined && !FINAL_CODES.has(error.code)) {
            this.#sayAgainLater(error);
          }
        }
        break;
      }
      default:
        break; // of a later version
    }
  }

  /** The gateway was too busy for one of our messages and does not say for which. */
  #sayAgainLater(error) {
    if (this.#resubscribing !== null || !this.#mayTryAgain(error.code, error.message)) {
      return;
    }
    this.#resubscribing = this.#clock.setTimeout(() => {
      this.#resubscribing = null;
      for (const watch of [...this.#watches.values()]) {
        watch.sayAgain();
      }
    }, this.#pause(this.#failures));
  }

  #surface(error) {
    tell(this.#onError, error);
  }

  // ---- HTTP

  /** GET, tried again while that can help. */
  async #get(url, signal) {
    let last;
    for (let attempt = 1; attempt <= Limits.CALL_ATTEMPTS; attempt++) {
      try {
        return decoded(await this.#call(url, Limits.PAGE_BYTES, signal));
      } catch (error) {
        signal?.throwIfAborted();
        if (error.final) {
          throw error;
        }
        last = error;
        if (attempt < Limits.CALL_ATTEMPTS) {
          await delay(this.#clock, Math.max(this.#pause(attempt), error.retryAfterMillis ?? 0), signal);
        }
      }
    }
    throw new ArenaError("unreachable", `${last.message}; given up after ${Limits.CALL_ATTEMPTS} attempts`,
        {cause: last});
  }

  /** The bytes of one answer with status 200. */
  async #call(url, maxBytes, signal) {
    const abort = new AbortController();
    const cancel = () => abort.abort(signal.reason);
    signal?.addEventListener("abort", cancel);
    const timer = this.#clock.setTimeout(
        () => abort.abort(new ArenaError("unreachable", `no answer within ${Limits.CALL_MILLIS} ms`)),
        Limits.CALL_MILLIS);
    try {
      signal?.throwIfAborted();
      const response = await this.#fetch(url, {signal: abort.signal});
      const bytes = await read(response, maxBytes);
      if (response.status !== 200) {
        throw refusal(response, bytes);
      }
      return bytes;
    } finally {
      this.#clock.clearTimeout(timer);
      signal?.removeEventListener("abort", cancel);
    }
  }
}

/** One run being watched; made by {@link ArenaClient.watch}. */
class Watch {
  #runId;
  #options;
  #host;
  #state = State.CONNECTING;
  #told = null;
  #next;
  #streamed = false;
  #over = false;
  #queue = [];
  #queuedCharacters = 0;
  #draining = false;
  /** The subscription has ended, by an overflow or since too much waits: anew when the queue is empty. */
  #muted = false;
  #subscribed = false;
  #answered = false;
  #lastSign = 0;
  #refusals = 0;
  #overflows = 0;
  #timer = null;
  #abort = new AbortController();
  #resolveEnded;

  /**
   * How it ended, when it has; never rejected.
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

  /** The run's id. */
  get runId() {
    return this.#runId;
  }

  /** What to show now: a {@link State}. */
  get state() {
    return this.#state;
  }

  /** The last event delivered, or told to be lost; one less than the first wanted if there was none. */
  get lastSeq() {
    return this.#next - 1;
  }

  /** Ends the watch: nothing is called any more, and its state is `idle`. Twice does no harm. */
  stop = () => {
    if (!this.#over) {
      this.#end(State.IDLE, {});
    }
  };

  // ---- called by the client

  begin() {
    this.#lastSign = this.#host.clock.now();
    this.#subscribe();
    queueMicrotask(() => this.#show());
  }

  connected() {
    this.#lastSign = this.#host.clock.now();
    this.#subscribe();
    this.#show();
  }

  disconnected() {
    // What waits comes again, from the first that was not delivered.
    this.#queue = [];
    this.#queuedCharacters = 0;
    this.#subscribed = false;
    this.#clearTimer();
    this.#show();
  }

  /** A message of the run. */
  heard(message, text) {
    if (!isProper(message)) {
      this.fail(new ArenaError("bad_message", `the service said an impossible "${message.type}" about the run`));
      return;
    }
    this.#answered = true;
    this.#lastSign = this.#host.clock.now();
    if (this.#muted) {
      return;
    }
    if (this.#queue.length >= Limits.WAITING_MESSAGES ||
        this.#queuedCharacters + text.length > Limits.WAITING_CHARACTERS) {
      this.#muted = true;
      if (message.type === "events") {
        this.#host.say({action: "unsubscribe", run_id: this.#runId});
      }
      this.#subscribed = false;
      return;
    }
    if (message.type !== "events") {
      this.#subscribed = false;
      this.#muted = message.type === "overflow";
    }
    this.#queue.push({message, text});
    this.#queuedCharacters += text.length;
    this.#drain();
  }

  /** The service did not do what was said of this run. */
  refused(error) {
    this.#answered = true;
    error.final = FINAL_CODES.has(error.code) || ++this.#refusals >= Limits.SUBSCRIBE_ATTEMPTS;
    tell(this.#options.onError, error);
    if (this.#over) {
      return;
    }
    if (error.final) {
      this.fail(error);
    } else {
      this.#later(() => this.#subscribe(), this.#host.pause(this.#refusals));
    }
  }

  /** Whether it has subscribed and was told nothing since. */
  get isUnanswered() {
    return this.#subscribed && !this.#answered;
  }

  /** The subscription may not have been heard. */
  sayAgain() {
    if (this.isUnanswered) {
      this.#subscribe();
    }
  }

  /** A service that forgot a subscription would be silent for ever: after a long silence it is told again. */
  remind(now) {
    if (this.#subscribed && now - this.#lastSign >= Limits.SILENCE_MILLIS) {
      this.#lastSign = now;
      this.#subscribe();
    }
  }

  fail(error) {
    if (!this.#over) {
      this.#end(State.ERROR, {error});
    }
  }

  // ---- the subscription

  #subscribe() {
    if (this.#over || this.#muted || !this.#host.isOpen()) {
      return;
    }
    const settling = this.#host.settling();
    if (settling > 0) {
      this.#later(() => this.#subscribe(), settling);
      return;
    }
    this.#clearTimer();
    this.#subscribed = true;
    this.#answered = false;
    this.#host.say({action: "subscribe", run_id: this.#runId, from_seq: this.#next});
  }

  #later(f, millis) {
    this.#clearTimer();
    this.#timer = this.#host.clock.setTimeout(() => {
      this.#timer = null;
      f();
    }, millis);
  }

  #clearTimer() {
    if (this.#timer !== null) {
      this.#host.clock.clearTimeout(this.#timer);
      this.#timer = null;
    }
  }

  // ---- delivery: one message after the other

  async #drain() {
    if (this.#draining) {
      return;
    }
    this.#draining = true;
    try {
      while (!this.#over && (this.#queue.length > 0 || this.#muted)) {
        if (this.#queue.length === 0) {
          this.#muted = false;
          this.#subscribe();
          continue;
        }
        const {message, text} = this.#queue.shift();
        this.#queuedCharacters -= text.length;
        switch (message.type) {
          case "events":
            await this.#takeEvents(message.events, text);
            break;
          case "overflow":
            await this.#takeOverflow(message.available_from);
            break;
          case "closed":
            await this.#takeClosed(message.status, message.last_seq);
            break;
        }
      }
    } catch (error) {
      this.fail(error instanceof ArenaError ? error
          : new ArenaError("bad_message", `a message could not be taken: ${error.message}`, {cause: error}));
    } finally {
      this.#draining = false;
    }
  }

  async #takeEvents(events, text) {
    const had = this.#next - events[0].seq;
    if (had >= events.length) {
      return; // sent twice
    }
    await this.#fill(events[0].seq - 1);
    let texts = this.#options.texts || this.#fetchesPayloadOf(events) ? envelopeTexts(text) : undefined;
    if (this.#fetchesPayloadOf(events)) {
      [events, texts] = await this.#whole(events, texts);
    }
    const before = this.#next;
    await this.#deliver(events, texts);
    if (this.#next > before) {
      this.#refusals = 0;
      this.#overflows = 0;
      this.#host.progressed();
    }
  }

  #fetchesPayloadOf(events) {
    return (this.#options.fetchPayloads ?? true) && events.some(event => event.payload_url !== undefined);
  }

  async #whole(events, texts) {
    const whole = [[], []];
    for (let i = 0; i < events.length; i++) {
      let one = {event: events[i], text: texts[i]};
      try {
        one = await this.#host.whole(events[i], texts[i], this.#abort.signal);
      } catch (error) {
        if (this.#over) {
          break;
        }
        // Its reader has the rest of it now, and can ask for the payload later.
        tell(this.#options.onError, new ArenaError("payload_unavailable", error.message, {cause: error, final: false}));
      }
      whole[0].push(one.event);
      whole[1].push(one.text);
    }
    return whole;
  }

  async #takeOverflow(availableFrom) {
    if (availableFrom > this.#next) {
      await this.#fill(availableFrom - 1);
      return;
    }
    // Told to come again, from where it wanted to be: unlikely once, and no progress if it goes on.
    if (++this.#overflows >= Limits.FRUITLESS_OVERFLOWS) {
      throw new ArenaError("overflow", `${this.#overflows} overflows in a row brought no event`);
    }
    await delay(this.#host.clock, this.#host.pause(this.#overflows), this.#abort.signal);
  }

  async #takeClosed(status, lastSeq) {
    await this.#fill(lastSeq);
    if (this.#over) {
      return;
    }
    this.#end(status === "complete" ? State.COMPLETE : State.CLOSED, {status, lastSeq});
    tell(this.#options.onClosed, {status, lastSeq});
  }

  /** Delivers everything up to this seq from GET /events; what that has not is lost. */
  async #fill(to) {
    let looks = 0;
    while (!this.#over && this.#next <= to) {
      const from = this.#next;
      let page;
      try {
        page = await this.#host.events(from, Math.min(Limits.PAGE_EVENTS, to - from + 1), this.#abort.signal);
      } catch (error) {
        if (this.#over) {
          return;
        }
        throw new ArenaError("overflow", `events ${from} to ${to} could not be read: ${error.message}`,
            {cause: error, from, to});
      }
      if (this.#over) {
        return;
      }
      const first = page.events[0]?.seq ?? to + 1;
      if (first > from) {
        if (++looks < Limits.LOOKS) {
          await delay(this.#host.clock, this.#host.pause(looks), this.#abort.signal);
          continue;
        }
        this.#lose(from, Math.min(first - 1, to));
      }
      looks = 0;
      const end = page.events.findIndex(event => event.seq > to);
      const count = end === -1 ? page.events.length : end;
      if (count > 0) {
        await this.#deliver(page.events.slice(0, count), page.texts.slice(0, count));
      }
    }
  }

  #lose(from, to) {
    if (this.#options.onLost === undefined) {
      throw new ArenaError("overflow", `events ${from} to ${to} are kept nowhere any more`, {from, to});
    }
    this.#next = to + 1;
    tell(this.#options.onLost, {from, to});
  }

  async #deliver(events, texts) {
    const had = this.#next - events[0]?.seq;
    if (this.#over || !(had < events.length)) {
      return;
    }
    const fresh = events.slice(had);
    this.#next = fresh.at(-1).seq + 1;
    this.#streamed = true;
    this.#show();
    if (this.#over) {
      return;
    }
    try {
      await this.#options.onEvents?.(fresh, this.#options.texts ? texts.slice(had) : undefined);
    } catch (cause) {
      throw new ArenaError("consumer_failed", `onEvents failed: ${cause?.message ?? cause}`, {cause});
    }
  }

  // ---- what is shown

  #show() {
    if (this.#over) {
      return;
    }
    this.#state = this.#streamed && this.#host.isOpen() ? State.STREAMING : State.CONNECTING;
    this.#tellState({});
  }

  #tellState(detail) {
    if (this.#told !== this.#state) {
      this.#told = this.#state;
      tell(this.#options.onState, this.#state, detail);
    }
  }

  #end(state, detail) {
    this.#over = true;
    this.#state = state;
    this.#queue = [];
    this.#clearTimer();
    this.#abort.abort();
    this.#options.signal?.removeEventListener("abort", this.stop);
    if (this.#subscribed && this.#host.isOpen()) {
      this.#host.say({action: "unsubscribe", run_id: this.#runId});
    }
    this.#host.ended();
    if (state !== State.IDLE) {
      this.#tellState(detail);
    }
    this.#resolveEnded({state, lastSeq: this.lastSeq, ...detail});
  }
}

/** One socket, from its opening to its loss, which is told once. */
class Connection {
  #socket;
  #clock;
  #on;
  #opening;
  #gone = false;
  #heardAt = 0;
  #pingedAt = null;

  isOpen = false;
  /** When it should be replaced. */
  renewAt = Infinity;

  constructor(url, WebSocket, clock, on) {
    this.#clock = clock;
    this.#on = on;
    this.#opening = clock.setTimeout(
        () => this.#lose(`no connection within ${Limits.CONNECT_MILLIS} ms`), Limits.CONNECT_MILLIS);
    try {
      this.#socket = new WebSocket(url);
    } catch (error) {
      // A page served by https may not open ws: and a policy may forbid the address.
      queueMicrotask(() => this.#lose(`no connection: ${error.message}`));
      return;
    }
    this.#socket.onopen = () => this.#opened();
    this.#socket.onmessage = ({data}) => this.#heard(data);
    this.#socket.onerror = () => {}; // a close follows, and tells no less
    this.#socket.onclose = ({code}) =>
      this.#lose(this.isOpen ? `the connection was closed (${code})` : `no connection (${code})`);
  }

  say(message) {
    if (!this.isOpen) {
      return;
    }
    if (this.#socket.bufferedAmount > Limits.UNSENT_BYTES) {
      this.#lose(`more than ${Limits.UNSENT_BYTES} bytes wait to be sent`);
      return;
    }
    this.#socket.send(JSON.stringify(message));
  }

  /** Sends a ping if it is time for one; whether the connection is found to be lost. */
  isSilent(now) {
    if (this.#pingedAt !== null && now - this.#pingedAt >= Limits.PONG_MILLIS) {
      this.#lose(`no answer to a ping within ${Limits.PONG_MILLIS} ms`);
      return true;
    }
    if (this.#pingedAt === null && now - this.#heardAt >= Limits.SILENCE_MILLIS) {
      this.#pingedAt = now;
      this.say({action: "ping"});
    }
    return this.#gone;
  }

  /** Hangs up; nothing is told. */
  close() {
    if (!this.#gone) {
      this.#leave();
    }
  }

  #opened() {
    if (this.#gone) {
      return;
    }
    this.#clock.clearTimeout(this.#opening);
    this.isOpen = true;
    this.#heardAt = this.#clock.now();
    this.#on.opened(this);
  }

  #heard(data) {
    if (this.#gone) {
      return;
    }
    this.#heardAt = this.#clock.now();
    this.#pingedAt = null;
    this.#on.heard(data);
  }

  #lose(why) {
    if (this.#gone) {
      return;
    }
    this.#leave();
    this.#on.lost(this, why);
  }

  #leave() {
    this.#gone = true;
    this.isOpen = false;
    this.#clock.clearTimeout(this.#opening);
    this.#socket?.close();
  }
}

// ---- what is read

/**
 * The JSON of each envelope of a message or page, cut out as it stands there: numbers such as 200.0 would not survive
 * being parsed and written again.
 *
 * @param {string} text a message of type `events`, or an answer of GET /events
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
        // Only a field of the outermost object; in an envelope the depth is greater.
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

function isProper(message) {
  switch (message.type) {
    case "events":
      return areEnvelopes(message.events, message.run_id) && message.events.length > 0;
    case "overflow":
      return isSeq(message.available_from);
    default:
      return typeof message.status === "string" && (message.last_seq === 0 || isSeq(message.last_seq));
  }
}

/** Whether these are envelopes of the run, without gap. */
function areEnvelopes(events, runId) {
  return Array.isArray(events) && events.every((event, i) =>
    event !== null && typeof event === "object" && event.run_id === runId && isSeq(event.seq) &&
    event.seq === events[0].seq + i);
}

function decoded(bytes) {
  return new TextDecoder("utf-8", {fatal: true, ignoreBOM: true}).decode(bytes);
}

/** The payload's JSON, if these bytes are what the event's link promises. */
async function verifiedPayload(bytes, event) {
  const text = decoded(bytes);
  if (parsed(text)?.kind !== event.kind) {
    throw new ArenaError("payload_unavailable", `the link of event ${event.seq} has no payload of its kind`);
  }
  const promised = /-([0-9a-f]{16})\.json$/.exec(new URL(event.payload_url).pathname)?.[1];
  const subtle = globalThis.crypto?.subtle; // browsers have it on secure pages only
  if (promised !== undefined && subtle !== undefined) {
    const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
    const hex = [...digest.slice(0, 8)].map(byte => byte.toString(16).padStart(2, "0")).join("");
    if (hex !== promised) {
      throw new ArenaError("payload_unavailable", `the link of event ${event.seq} has another payload`);
    }
  }
  return text;
}

/** The bytes of an answer's body, if there are not more than so many. */
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
      throw new ArenaError("bad_message", `an answer has more than ${maxBytes} bytes`, {final: true});
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

function refusal(response, bytes) {
  let error;
  try {
    error = parsed(decoded(bytes))?.error;
  } catch {
    // a body that is no text says nothing
  }
  const seconds = Number(response.headers.get("retry-after") ?? NaN);
  return new ArenaError(String(error?.code ?? "unreachable"), String(error?.message ?? `status ${response.status}`), {
    final: response.status !== 429 && response.status < 500,
    retryAfterMillis: seconds > 0 ? Math.min(seconds * 1_000, Limits.LONGEST_PAUSE_MILLIS) : undefined,
  });
}

function address(text, protocols) {
  const url = new URL(text);
  if (!protocols.includes(url.protocol)) {
    throw new TypeError(`${text} does not begin with ${protocols.join(" or ")}`);
  }
  return url.href.replace(/\/$/, "");
}

function requireRunId(runId) {
  if (typeof runId !== "string" || !RUN_ID.test(runId)) {
    throw new TypeError("a run's id is 32 hex digits in lower case");
  }
}

function requireSeq(seq) {
  if (!isSeq(seq)) {
    throw new TypeError(`${seq} is no whole number from 1`);
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

/** Calls a function of the application, whose failure is its own affair, and shows like any uncaught one. */
function tell(f, ...values) {
  try {
    f?.(...values);
  } catch (error) {
    queueMicrotask(() => { throw error; });
  }
}
