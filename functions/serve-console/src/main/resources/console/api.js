/**
 * The public HTTP interface, as described in openapi.yaml: requests with the session's token, pages, errors.
 *
 * @module api
 */
import {Signal} from "./signal.js";

const TOKEN_KEY = "arena.token";
const TOKEN = /^arena_[a-z2-7]{8}_[A-Za-z0-9_-]{43}$/;
const TIMEOUT_MILLIS = 35_000;

/** What a status says of the connection, other than that it is live; 502 and 504 are of something in between. */
const STATES = {401: "unauthorized", 502: "lost", 504: "lost"};

/** An error of the service, or `unreachable` when it did not answer. */
export class Problem extends Error {
  /**
   * @param {string} code of openapi.yaml, or `unreachable`
   * @param {string} message for people
   * @param {{status?: number, field?: string, limit?: string, requestId?: string}} [details]
   */
  constructor(code, message, {status = 0, field, limit, requestId} = {}) {
    super(message);
    this.name = "Problem";
    Object.assign(this, {code, status, field, limit, requestId});
  }

  /** Whether the same request may succeed later. */
  get mayPass() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Access to one arena. */
export class Api {
  /** "connecting", "live", "lost" or "unauthorized": the state of the HTTP interface as last seen. */
  reachability = new Signal("connecting");
  /** Last overflow that a live reader was sent: {runId, from, to}. */
  overflow = new Signal(null);
  /** Answer of GET /deployment. */
  deployment = null;
  /** Counts the changes of the token; what was made with another one is of no use then. */
  tokens = new Signal(0);

  /** @param {string} base URL of the HTTP interface without a slash at its end */
  constructor(base) {
    this.base = base;
  }

  get token() {
    try {
      return sessionStorage.getItem(TOKEN_KEY);
    } catch {
      return null;
    }
  }

  /** Keeps a token for this session, or forgets it; returns false if it does not look like one. */
  setToken(token) {
    if (token !== null && !TOKEN.test(token)) {
      return false;
    }
    if (token === null) {
      sessionStorage.removeItem(TOKEN_KEY);
    } else {
      sessionStorage.setItem(TOKEN_KEY, token);
    }
    this.tokens.set(this.tokens.value + 1);
    return true;
  }

  async loadDeployment() {
    this.deployment = await this.get("/deployment");
    return this.deployment;
  }

  /** GET; returns the JSON. */
  async get(path, {signal} = {}) {
    return (await this.#request(path, {signal})).body;
  }

  /** GET of a list; returns its rows and the path of the next page, null on the last. */
  async page(path, {signal} = {}) {
    const {body, link} = await this.#request(path, {signal});
    return {rows: body, next: /<([^>]+)>\s*;\s*rel="next"/.exec(link ?? "")?.[1] ?? null};
  }

  /** POST; `key` makes it safe to repeat. */
  async post(path, body, {key} = {}) {
    const headers = key === undefined ? {} : {"idempotency-key": key};
    return (await this.#request(path, {
      method: "POST",
      headers: body === undefined ? headers : {...headers, "content-type": "application/json"},
      body: body === undefined ? undefined : JSON.stringify(body),
    })).body;
  }

  async #request(path, {signal, ...options}) {
    const headers = {accept: "application/json", ...options.headers};
    if (this.token !== null) {
      headers.authorization = `Bearer ${this.token}`;
    }
    const timeout = AbortSignal.timeout(TIMEOUT_MILLIS);
    let response;
    let text;
    try {
      response = await fetch(this.base + path, {
        ...options, headers, cache: "no-store", signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
      text = await response.text();
    } catch (error) {
      if (signal?.aborted) {
        throw error;
      }
      this.reachability.set("lost");
      throw new Problem("unreachable", "The arena does not answer.");
    }
    if (response.ok) {
      this.reachability.set("live");
      return {body: text === "" ? null : JSON.parse(text), link: response.headers.get("link")};
    }
    const error = errorOf(text);
    this.reachability.set(STATES[response.status] ?? "live");
    throw new Problem(error.code ?? `http_${response.status}`, error.message ?? `The arena answered ${response.status}.`,
        {status: response.status, field: error.field, limit: error.limit, requestId: error.request_id});
  }
}

function errorOf(text) {
  try {
    const body = JSON.parse(text);
    return body.error ?? {message: body.message};
  } catch {
    return {};
  }
}

/** A random key for Idempotency-Key; also where the page is not a secure context. */
export function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("");
}
