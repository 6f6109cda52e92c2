// Tests of the client with a scripted service and a manual clock.

import assert from "node:assert/strict";
import {createHash} from "node:crypto";
import {test} from "node:test";
import {setImmediate as nextTurn} from "node:timers/promises";

import {ArenaClient, envelopeTexts, Limits, State} from "./arena-client.js";

const RUN = "5eed0000000000000000000000000001";
const OTHER = "5eed0000000000000000000000000002";
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

// ---- fixture

class ManualClock {
  #now = 0;
  #last = 0;
  #timers = new Map();

  now() {
    return this.#now;
  }

  setTimeout(f, millis) {
    this.#timers.set(++this.#last, {at: this.#now + millis, f});
    return this.#last;
  }

  clearTimeout(timer) {
    this.#timers.delete(timer);
  }

  get waiting() {
    return this.#timers.size;
  }

  /** Advances the clock from timer to timer, and runs the tasks that follow each. */
  async pass(millis) {
    const end = this.#now + millis;
    await flush();
    for (let alarms = 0; alarms < 10_000; alarms++) {
      const [id, next] = [...this.#timers].sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      if (next === undefined || next.at > end) {
        this.#now = end;
        return;
      }
      this.#timers.delete(id);
      this.#now = next.at;
      next.f();
      await flush();
    }
    throw new Error("the timers do not end");
  }
}

/** Runs all pending tasks. */
async function flush() {
  for (let i = 0; i < 8; i++) {
    await nextTurn();
  }
}

/** Waits for work on another thread, such as a digest. */
async function until(condition) {
  for (let i = 0; i < 10_000; i++) {
    if (condition()) {
      return;
    }
    await nextTurn();
  }
  assert.fail(`condition was not met: ${condition}`);
}

/** A scripted service: its sockets and its HTTP responses. */
class Service {
  sockets = [];
  calls = [];
  requests = [];
  clock = new ManualClock();
  errors = [];
  /** Whether connections open automatically. */
  opens = true;
  /** Responds to a GET request; by default from the kept events. */
  answer = url => this.page(url);
  kept = new Map();
  status = "running";

  constructor(options = {}) {
    const service = this;
    this.arena = new ArenaClient({
      ...options,
      http: "http://arena.example",
      websocket: "ws://arena.example/live",
      WebSocket: class {
        bufferedAmount = 0;
        sent = [];
        isClosed = false;

        constructor(url) {
          this.url = url;
          service.sockets.push(this);
          queueMicrotask(() => service.opens && this.open());
        }

        open() {
          this.onopen({});
        }

        send(text) {
          this.sent.push(JSON.parse(text));
        }

        close() {
          this.isClosed = true;
        }

        /** Closes the socket as the service or the network does. */
        break(code = 1006) {
          this.isClosed = true;
          this.onerror?.({});
          this.onclose?.({code});
        }

        receive(message) {
          this.onmessage({data: typeof message === "string" ? message : JSON.stringify(message)});
        }
      },
      fetch: async (url, {signal, ...request}) => {
        this.calls.push(url);
        this.requests.push(request);
        const answer = await Promise.race([
          this.answer(url),
          new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
        ]);
        if (answer instanceof Error) {
          throw answer;
        }
        return answer;
      },
      clock: this.clock,
      random: () => 0,
      onError: error => this.errors.push(error),
    });
  }

  get socket() {
    return this.sockets.at(-1);
  }

  /** Returns the page of GET /events from the kept events. */
  page(url) {
    const query = new URL(url).searchParams;
    const [runId, from, limit] = [query.get("run_id"), Number(query.get("from_seq")), Number(query.get("limit"))];
    const seqs = (this.kept.get(runId) ?? []).filter(seq => seq >= from).slice(0, limit);
    // a page has no gaps
    const end = seqs.findIndex((seq, i) => seq !== seqs[0] + i);
    const events = envelopes(...(end === -1 ? seqs : seqs.slice(0, end)));
    return Response.json({events, next_from_seq: (events.at(-1)?.seq ?? from - 1) + 1, status: this.status});
  }

  /** Watches a run and records all callbacks. */
  watch(options = {}, runId = RUN) {
    const seen = {events: [], states: [], lost: [], closed: [], errors: [], batches: 0};
    seen.watch = this.arena.watch(runId, {
      onEvents: events => { seen.events.push(...events.map(event => event.seq)); seen.batches++; },
      onState: state => seen.states.push(state),
      onLost: range => seen.lost.push(range),
      onClosed: end => seen.closed.push(end),
      onError: error => seen.errors.push(error),
      ...options,
    });
    return seen;
  }
}

function envelopes(...seqs) {
  return seqs.map(seq => envelope(seq));
}

function envelope(seq, runId = RUN) {
  return {run_id: runId, seq, agent_id: "a", t: seq, kind: "metric", ts: "2026-01-31T12:00:00.123456Z",
    schema_version: 1, payload: {kind: "metric", name: "n", value: seq}};
}

function range(from, to) {
  return Array.from({length: to - from + 1}, (_, i) => from + i);
}

const events = (...seqs) => ({type: "events", run_id: RUN, events: envelopes(...seqs)});
const eventsOf = (runId, ...seqs) =>
  ({type: "events", run_id: runId, events: seqs.map(seq => envelope(seq, runId))});
const closed = (lastSeq, status = "complete") => ({type: "closed", run_id: RUN, status, last_seq: lastSeq});
const overflow = (requestedSeq, availableFrom) =>
  ({type: "overflow", run_id: RUN, requested_seq: requestedSeq, available_from: availableFrom});
const rejection = (code, runId = RUN) => ({type: "error", run_id: runId, code, message: `because of ${code}`});
const subscribe = (fromSeq, runId = RUN) => ({action: "subscribe", run_id: runId, from_seq: fromSeq});
const unsubscribe = (runId = RUN) => ({action: "unsubscribe", run_id: runId});

// ---- a run from start to end

test("delivers a run from its first event to its end", async () => {
  const service = new Service();
  const seen = service.watch();
  assert.deepEqual(seen.states, [], "no callback before watch() returns");
  await flush();
  assert.equal(service.socket.url, "ws://arena.example/live");
  assert.deepEqual(service.socket.sent, [subscribe(1)]);
  assert.deepEqual(seen.states, [State.CONNECTING]);

  service.socket.receive(events(1, 2));
  service.socket.receive(events(3));
  await flush();
  assert.deepEqual(seen.events, [1, 2, 3]);
  assert.equal(seen.batches, 2);
  assert.equal(seen.watch.lastSeq, 3);
  assert.equal(seen.watch.state, State.STREAMING);

  service.socket.receive(closed(3));
  assert.deepEqual(await seen.watch.ended, {state: State.COMPLETE, status: "complete", lastSeq: 3});
  assert.deepEqual(seen.closed, [{status: "complete", lastSeq: 3}]);
  assert.deepEqual(seen.states, [State.CONNECTING, State.STREAMING, State.COMPLETE]);
  await flush();
  assert.ok(service.socket.isClosed, "no connection without a watch");
  assert.equal(service.clock.waiting, 0, "no timer without a watch");
  assert.deepEqual(service.socket.sent, [subscribe(1)], "no unsubscribe after the end");
});

test("reports Closed for a run that ended before its first turn", async () => {
  const service = new Service();
  const seen = service.watch();
  await flush();
  service.socket.receive(closed(0, "failed"));
  assert.deepEqual(await seen.watch.ended, {state: State.CLOSED, status: "failed", lastSeq: 0});
  assert.deepEqual(seen.states, [State.CONNECTING, State.CLOSED]);
  assert.deepEqual(seen.events, []);
});

test("starts a watch at fromSeq", async () => {
  const service = new Service();
  const seen = service.watch({fromSeq: 40});
  await flush();
  assert.deepEqual(service.socket.sent, [subscribe(40)]);
  assert.equal(seen.watch.lastSeq, 39);
  service.socket.receive(closed(39));
  assert.equal((await seen.watch.ended).state, State.COMPLETE);
});

test("reports the end after delivering the last event", async () => {
  const service = new Service();
  service.kept.set(RUN, range(1, 5));
  const seen = service.watch();
  await flush();
  service.socket.receive(events(1, 2));
  service.socket.receive(closed(5));
  await seen.watch.ended;
  assert.deepEqual(seen.events, range(1, 5));
});

// ---- many runs on one connection

test("watches many runs over one connection", async () => {
  const service = new Service();
  const one = service.watch();
  const two = service.watch({fromSeq: 7}, OTHER);
  await flush();
  assert.equal(service.sockets.length, 1);
  assert.deepEqual(service.socket.sent, [subscribe(1), subscribe(7, OTHER)]);
  service.socket.receive(eventsOf(OTHER, 7, 8));
  service.socket.receive(events(1));
  await flush();
  assert.deepEqual([one.events, two.events], [[1], [7, 8]]);

  service.socket.receive(closed(1));
  await one.watch.ended;
  await flush();
  assert.ok(!service.socket.isClosed, "the other goes on");
  service.socket.break();
  await service.clock.pass(MINUTE);
  assert.deepEqual(service.socket.sent, [subscribe(9, OTHER)]);
});

test("unsubscribes and calls nothing after a watch is stopped", async () => {
  const service = new Service();
  const stopping = new AbortController();
  const seen = service.watch({signal: stopping.signal});
  service.watch({}, OTHER);
  await flush();
  service.socket.receive(events(1));
  await flush();
  service.socket.receive(events(2));
  stopping.abort();
  await flush();
  assert.deepEqual(await seen.watch.ended, {state: State.IDLE, lastSeq: 1});
  service.socket.receive(events(3));
  service.socket.receive(closed(3));
  await flush();
  assert.deepEqual(seen.events, [1]);
  assert.deepEqual(seen.states, [State.CONNECTING, State.STREAMING]);
  assert.deepEqual(service.socket.sent.at(-1), unsubscribe());
});

test("does not start a watch whose signal is aborted", async () => {
  const service = new Service();
  const seen = service.watch({signal: AbortSignal.abort()});
  assert.equal((await seen.watch.ended).state, State.IDLE);
  assert.equal(service.sockets.length, 0);
});

test("delays a subscription to a run that was just unsubscribed", async () => {
  const service = new Service();
  service.watch({}, OTHER);
  const seen = service.watch();
  await flush();
  seen.watch.stop();
  service.watch({fromSeq: 5});
  await flush();
  assert.deepEqual(service.socket.sent.at(-1), unsubscribe());
  await service.clock.pass(SECOND);
  assert.deepEqual(service.socket.sent.at(-1), subscribe(5));
});

test("reuses the connection for the next watch", async () => {
  const service = new Service();
  const seen = service.watch();
  await flush();
  seen.watch.stop();
  service.watch({}, OTHER);
  await flush();
  assert.equal(service.sockets.length, 1);
  assert.ok(!service.socket.isClosed);
});

test("stops all watches on close() and can be used again", async () => {
  const service = new Service();
  const seen = service.watch();
  await flush();
  service.arena.close();
  assert.equal((await seen.watch.ended).state, State.IDLE);
  assert.ok(service.socket.isClosed);
  assert.equal(service.clock.waiting, 0);
  service.watch();
  await flush();
  assert.equal(service.sockets.length, 2);
  assert.deepEqual(service.socket.sent, [subscribe(1)]);
});

test("rejects invalid arguments of watch()", () => {
  const service = new Service();
  assert.throws(() => service.watch({}, "not a function"), TypeError);
  assert.throws(() => service.watch({fromSeq: 0}), TypeError);
  assert.throws(() => service.watch({fromSeq: 1.5}), TypeError);
  service.watch();
  assert.throws(() => service.watch(), RangeError);
  for (let i = 1; i < Limits.WATCHES; i++) {
    service.watch({}, i.toString(16).padStart(32, "0"));
  }
  assert.throws(() => service.watch({}, "f".repeat(32)), /at most 100/);
  service.arena.close();
});

test("requires valid URLs and a WebSocket", () => {
  const WebSocket = class {};
  assert.throws(() => new ArenaClient({http: "localhost", websocket: "ws://a/live", WebSocket}), TypeError);
  assert.throws(() => new ArenaClient({http: "http://a", websocket: "http://a/live", WebSocket}), /ws:/);
  const own = globalThis.WebSocket;
  try {
    globalThis.WebSocket = undefined;
    assert.throws(() => new ArenaClient({http: "http://a", websocket: "ws://a/live"}), /experimental-websocket/);
  } finally {
    globalThis.WebSocket = own;
  }
});

// ---- each event once

test("drops events that were already delivered", async () => {
  const service = new Service();
  const seen = service.watch();
  await flush();
  service.socket.receive(events(1, 2, 3));
  service.socket.receive(events(1, 2, 3));
  service.socket.receive(events(2, 3, 4));
  service.socket.receive(events(4));
  service.socket.receive(events(5));
  await flush();
  assert.deepEqual(seen.events, range(1, 5));
  assert.equal(seen.batches, 3);
});

test("fills a gap between messages from GET /events", async () => {
  const service = new Service();
  service.kept.set(RUN, range(1, 10));
  const seen = service.watch();
  await flush();
  service.socket.receive(events(1));
  service.socket.receive(events(5, 6));
  await flush();
  assert.deepEqual(seen.events, range(1, 6));
  assert.deepEqual(service.calls, [`http://arena.example/events?run_id=${RUN}&from_seq=2&limit=3`]);
});

// ---- reconnecting

test("reconnects and delivers each event once", async () => {
  const service = new Service();
  const seen = service.watch();
  await flush();
  service.socket.receive(events(1, 2));
  await flush();
  service.socket.break();
  assert.equal(seen.watch.state, State.CONNECTING);
  await service.clock.pass(499);
  assert.equal(service.sockets.length, 1, "not at once");
  await service.clock.pass(1);
  assert.deepEqual(service.socket.sent, [subscribe(3)]);
  assert.equal(seen.watch.state, State.STREAMING, "events came, and it is connected");
  service.socket.receive(events(2, 3));
  service.socket.receive(closed(3));
  await seen.watch.ended;
  assert.deepEqual(seen.events, [1, 2, 3]);
  assert.deepEqual(seen.states,
      [State.CONNECTING, State.STREAMING, State.CONNECTING, State.STREAMING, State.COMPLETE]);
});

test("reconnects after any close code", async () => {
  const service = new Service();
  service.watch();
  for (const code of [1000, 1001, 1006, 1009, 1011, 4000]) {
    await flush();
    service.socket.receive({type: "pong"});
    service.socket.break(code);
    await service.clock.pass(SECOND);
    assert.deepEqual(service.socket.sent, [subscribe(1)], `after ${code}`);
  }
});

test("reconnects with backoff and ends in Error when attempts are exhausted", async () => {
  const service = new Service();
  service.opens = false;
  const seen = service.watch();
  const pauses = [];
  for (let attempt = 1; attempt < Limits.CONNECTION_ATTEMPTS; attempt++) {
    await flush();
    service.socket.break();
    const before = service.clock.now();
    while (service.sockets.length === attempt) {
      await service.clock.pass(500);
    }
    pauses.push(service.clock.now() - before);
  }
  assert.deepEqual(pauses.slice(0, 8), [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  assert.deepEqual(seen.states, [State.CONNECTING]);
  service.socket.break();
  const {state, error} = await seen.watch.ended;
  assert.equal(state, State.ERROR);
  assert.equal(error.code, "connection_lost");
  assert.match(error.message, /20 attempts/);
  await service.clock.pass(10 * MINUTE);
  assert.equal(service.sockets.length, Limits.CONNECTION_ATTEMPTS);
  assert.equal(service.clock.waiting, 0);

  service.opens = true;
  service.watch({fromSeq: seen.watch.lastSeq + 1});
  await flush();
  assert.deepEqual(service.socket.sent, [subscribe(1)], "a new watch is possible");
});

test("counts a connection that opens and breaks as a failure", async () => {
  const service = new Service();
  const seen = service.watch();
  for (let attempt = 1; attempt < Limits.CONNECTION_ATTEMPTS; attempt++) {
    await flush();
    service.socket.break();
    await service.clock.pass(30 * SECOND);
  }
  await flush();
  service.socket.break();
  assert.equal((await seen.watch.ended).error.code, "connection_lost");
});

test("resets the count of attempts after progress", async () => {
  const service = new Service();
  const seen = service.watch();
  for (let seq = 1; seq <= 2 * Limits.CONNECTION_ATTEMPTS; seq++) {
    await flush();
    service.socket.receive(events(seq));
    await flush();
    service.socket.break();
    await service.clock.pass(SECOND);
  }
  assert.deepEqual(seen.events, range(1, 2 * Limits.CONNECTION_ATTEMPTS));
});

test("resets the count of attempts after a time without failure", async () => {
  const service = new Service();
  const seen = service.watch();
  for (let i = 1; i <= 2 * Limits.CONNECTION_ATTEMPTS; i++) {
    await service.clock.pass(Limits.STABLE_MILLIS + 2 * Limits.TICK_MILLIS);
    service.socket.break();
    await service.clock.pass(SECOND);
  }
  assert.equal(seen.watch.state, State.CONNECTING);
});

test("does not queue events twice for a slow reader after a disconnect", async () => {
  const service = new Service();
  const seen = [];
  let release;
  service.watch({onEvents: events => {
    seen.push(...events.map(event => event.seq));
    return events[0].seq === 1 ? new Promise(resolve => { release = resolve; }) : undefined;
  }});
  await flush();
  service.socket.receive(events(1));
  for (let connection = 1; connection <= 2; connection++) {
    await flush();
    for (let seq = 2; seq <= 200; seq++) {
      service.socket.receive(events(seq));
    }
    if (connection === 1) {
      service.socket.break();
      await service.clock.pass(SECOND);
    }
  }
  assert.deepEqual(service.socket.sent, [subscribe(2)]);
  release();
  await flush();
  assert.deepEqual(seen, range(1, 200));
});

test("closes a connection that does not open in time", async () => {
  const service = new Service();
  service.opens = false;
  service.watch();
  await service.clock.pass(Limits.CONNECT_TIMEOUT_MILLIS + 500);
  assert.ok(service.sockets[0].isClosed);
  assert.equal(service.sockets.length, 2);
  service.sockets[0].open();
  service.sockets[1].open();
  await flush();
  assert.deepEqual(service.sockets[0].sent, [], "a late connection is not used");
  assert.deepEqual(service.sockets[1].sent, [subscribe(1)]);
});

test("treats a URL rejected by the runtime as a lost connection", async () => {
  const clock = new ManualClock();
  const arena = new ArenaClient({http: "http://a", websocket: "ws://a/live", clock, fetch: async () => {},
    WebSocket: class { constructor() { throw new Error("insecure"); } }});
  const watch = arena.watch(RUN);
  await clock.pass(20 * MINUTE);
  assert.match((await watch.ended).error.message, /insecure/);
});

test("treats a full send buffer as a lost connection", async () => {
  const service = new Service();
  service.watch();
  await flush();
  service.socket.bufferedAmount = Limits.UNSENT_BYTES + 1;
  service.watch({}, OTHER);
  await service.clock.pass(SECOND);
  assert.equal(service.sockets.length, 2);
  assert.deepEqual(service.socket.sent, [subscribe(1), subscribe(1, OTHER)]);
});

test("allows callbacks to start and stop watches", async () => {
  const service = new Service();
  const second = {};
  const first = service.watch({onState: state => {
    if (state === State.CONNECTING && first.events.length > 0) {
      first.watch.stop();
      second.seen = service.watch({}, OTHER);
    }
  }});
  await flush();
  service.socket.receive(events(1));
  await flush();
  service.socket.break();
  await service.clock.pass(SECOND);
  assert.equal(service.sockets.length, 2);
  assert.deepEqual(service.socket.sent, [subscribe(1, OTHER)]);
});

// ---- the limits of the gateway

test("sends a ping over an idle connection", async () => {
  const service = new Service();
  const seen = service.watch();
  await flush();
  service.socket.receive(events(1));
  await service.clock.pass(Limits.IDLE_MILLIS - SECOND);
  assert.deepEqual(service.socket.sent, [subscribe(1)]);
  await service.clock.pass(Limits.TICK_MILLIS + SECOND);
  assert.ok(service.socket.sent.some(message => message.action === "ping"));
  service.socket.receive({type: "pong"});
  await service.clock.pass(MINUTE);
  assert.equal(service.sockets.length, 1);
  assert.equal(seen.watch.state, State.STREAMING);
});

test("treats a missing pong as a lost connection", async () => {
  const service = new Service();
  const seen = service.watch();
  await flush();
  service.socket.receive(events(1));
  await service.clock.pass(Limits.IDLE_MILLIS + Limits.PONG_TIMEOUT_MILLIS + 2 * Limits.TICK_MILLIS + SECOND);
  assert.ok(service.sockets[0].isClosed);
  assert.equal(service.sockets.length, 2);
  assert.deepEqual(service.socket.sent, [subscribe(2)]);
  assert.equal(seen.watch.state, State.STREAMING);
});

test("resubscribes to a run after a long time without messages", async () => {
  const service = new Service();
  service.watch();
  service.watch({}, OTHER);
  await flush();
  service.socket.receive(events(1, 2));
  for (let minute = 1; minute <= 6; minute++) {
    await service.clock.pass(MINUTE);
    service.socket.receive(eventsOf(OTHER, minute));
  }
  assert.deepEqual(service.socket.sent, [subscribe(1), subscribe(1, OTHER), subscribe(3)]);
});

test("replaces a connection before the gateway closes it, without an interruption", async () => {
  const service = new Service();
  const seen = service.watch();
  await flush();
  const [old] = service.sockets;
  for (let minute = 1; minute < 110; minute++) {
    old.receive(events(minute));
    await service.clock.pass(MINUTE);
  }
  assert.equal(service.sockets.length, 1);
  service.opens = false;
  await service.clock.pass(MINUTE + Limits.TICK_MILLIS);
  assert.equal(service.sockets.length, 2);
  old.receive(events(110));
  await flush();
  assert.equal(seen.events.at(-1), 110, "the old one goes on until the new one is there");
  service.socket.open();
  await flush();
  assert.ok(old.isClosed);
  assert.deepEqual(service.socket.sent, [subscribe(111)]);
  old.receive(events(111));
  service.socket.receive(events(111));
  await flush();
  assert.deepEqual(seen.events, range(1, 111));
  assert.deepEqual(seen.states, [State.CONNECTING, State.STREAMING]);
});

test("retries a failed replacement and keeps the old connection", async () => {
  const service = new Service();
  const seen = service.watch();
  await flush();
  service.socket.receive(events(1));
  service.opens = false;
  for (let minute = 0; minute < 111; minute++) {
    await service.clock.pass(MINUTE);
    service.sockets[0].receive({type: "pong"});
  }
  assert.ok(service.sockets.length > 1);
  service.socket.break();
  assert.equal(seen.watch.state, State.STREAMING);
  await service.clock.pass(Limits.MAX_BACKOFF_MILLIS + Limits.CONNECT_TIMEOUT_MILLIS);
  const replacements = service.sockets.length;
  while (service.sockets.length === replacements) {
    await service.clock.pass(SECOND);
  }
  service.sockets[0].break(1001);
  assert.equal(seen.watch.state, State.CONNECTING);
  await service.clock.pass(Limits.TICK_MILLIS + SECOND);
  service.opens = true;
  service.socket.open();
  await flush();
  assert.equal(seen.watch.state, State.STREAMING);
  await service.clock.pass(Limits.IDLE_MILLIS + 2 * Limits.TICK_MILLIS);
  assert.equal(service.sockets.length, replacements + 1, "one is enough");
  assert.ok(service.socket.sent.some(message => message.action === "ping"), "and it is looked after");
  assert.deepEqual(service.socket.sent[0], subscribe(2));
});

// ---- overflow

test("reads the gap of an overflow from GET /events", async () => {
  const service = new Service();
  service.kept.set(RUN, range(1, 3_000));
  const seen = service.watch();
  await flush();
  service.socket.receive(overflow(1, 2_501));
  await flush();
  assert.deepEqual(seen.events, range(1, 3_000), "also those that the buffer may have dropped meanwhile");
  assert.equal(seen.watch.state, State.STREAMING);
  assert.deepEqual(service.calls.map(url => new URL(url).search),
      [[1, 1_000], [1_001, 1_000], [2_001, 500], [2_501, 1_000]].map(
          ([from, limit]) => `?run_id=${RUN}&from_seq=${from}&limit=${limit}`));
  assert.deepEqual(service.socket.sent, [subscribe(1), subscribe(3_001)]);
  service.socket.receive(events(3_001));
  service.socket.receive(closed(3_001));
  await seen.watch.ended;
  assert.deepEqual(seen.events, range(1, 3_001));
  assert.deepEqual(seen.lost, []);
});

test("subscribes once after an overflow of a run that is faster than its gap is read", async () => {
  const service = new Service();
  let newest = 20_000;
  service.answer = url => {
    service.kept.set(RUN, range(1, newest));
    newest = Math.min(60_000, newest + 800); // published while one page is read
    return service.page(url);
  };
  const seen = service.watch();
  await flush();
  service.socket.receive(overflow(1, 10_001));
  await until(() => service.socket.sent.length > 1);
  assert.equal(seen.events.length, seen.watch.lastSeq);
  assert.ok(newest - seen.watch.lastSeq < 2_000, "less than the buffer holds");
  assert.deepEqual(service.socket.sent, [subscribe(1), subscribe(seen.watch.lastSeq + 1)]);
});

test("subscribes after the gap of an overflow when the events after it cannot be read", async () => {
  const service = new Service();
  service.kept.set(RUN, range(1, 10));
  service.answer = url => url.includes("from_seq=11")
    ? Response.json({error: {code: "unavailable", message: "a store is away"}}, {status: 503}) : service.page(url);
  const seen = service.watch();
  await flush();
  service.socket.receive(overflow(1, 11));
  await service.clock.pass(5 * MINUTE);
  assert.deepEqual(seen.events, range(1, 10));
  assert.deepEqual(service.socket.sent[1], subscribe(11));
  assert.equal(seen.watch.state, State.STREAMING);
});

test("continues from its position after a repeated overflow", async () => {
  const service = new Service();
  const seen = service.watch();
  await flush();
  for (const from of [11, 21, 31]) {
    service.kept.set(RUN, range(1, from - 1));
    service.socket.receive(overflow(from - 10, from));
    await flush();
  }
  assert.deepEqual(seen.events, range(1, 30));
  assert.deepEqual(service.socket.sent, [1, 11, 21, 31].map(from => subscribe(from)));
});

test("reports exactly the lost events and continues", async () => {
  const service = new Service();
  service.kept.set(RUN, [1, 2, 5, 6, 9]);
  const seen = service.watch();
  await flush();
  service.socket.receive(overflow(1, 13));
  await service.clock.pass(MINUTE);
  assert.deepEqual(seen.events, [1, 2, 5, 6, 9]);
  assert.deepEqual(seen.lost, [{from: 3, to: 4}, {from: 7, to: 8}, {from: 10, to: 12}]);
  assert.deepEqual(service.socket.sent.at(-1), subscribe(13));
  assert.equal(seen.watch.state, State.STREAMING);
  service.socket.receive(events(13));
  await flush();
  assert.equal(seen.watch.lastSeq, 13);
});

test("does not report events lost that a second read returns", async () => {
  const service = new Service();
  const seen = service.watch();
  await flush();
  service.socket.receive(overflow(1, 4));
  await flush();
  service.kept.set(RUN, range(1, 3));
  await service.clock.pass(SECOND);
  assert.deepEqual(seen.events, [1, 2, 3]);
  assert.deepEqual(seen.lost, []);
});

test("ends in Error when events are lost and onLost is absent", async () => {
  const service = new Service();
  const seen = service.watch({onLost: undefined});
  await flush();
  service.socket.receive(overflow(1, 4));
  await service.clock.pass(MINUTE);
  const {state, error, lastSeq} = await seen.watch.ended;
  assert.deepEqual([state, error.code, error.from, error.to, lastSeq], [State.ERROR, "overflow", 1, 3, 0]);
});

test("ends in Error without reporting a loss when a gap cannot be read", async () => {
  const service = new Service();
  service.answer = () => Response.json({error: {code: "unavailable", message: "a store is away"}}, {status: 503});
  const seen = service.watch();
  await flush();
  service.socket.receive(overflow(1, 4));
  await service.clock.pass(5 * MINUTE);
  const {state, error} = await seen.watch.ended;
  assert.deepEqual([state, error.code], [State.ERROR, "overflow"]);
  assert.match(error.message, /a store is away; gave up after 8 attempts/);
  assert.deepEqual(seen.lost, []);
  assert.equal(service.calls.length, Limits.HTTP_ATTEMPTS);
});

test("ends in Error after consecutive overflows without an event", async () => {
  const service = new Service();
  const seen = service.watch({fromSeq: 5});
  for (let i = 0; i < Limits.EMPTY_OVERFLOWS; i++) {
    await service.clock.pass(MINUTE);
    service.socket.receive(overflow(5, 5));
  }
  assert.equal((await seen.watch.ended).error.code, "overflow");
});

test("resumes after the gap when the connection is lost while a gap is filled", async () => {
  const service = new Service();
  service.kept.set(RUN, range(1, 20));
  let answer;
  service.answer = url => new Promise(resolve => { answer = () => resolve(service.page(url)); });
  const seen = service.watch();
  await flush();
  service.socket.receive(overflow(1, 11));
  await flush();
  service.socket.break();
  await service.clock.pass(SECOND);
  assert.deepEqual(service.socket.sent, [], "not before the gap is filled");
  answer();
  await flush();
  assert.deepEqual(seen.events, range(1, 10));
  answer(); // with the events after the gap
  await flush();
  assert.deepEqual(seen.events, range(1, 20));
  assert.deepEqual(service.socket.sent, [subscribe(21)]);
});

test("can be stopped while a gap is filled", async () => {
  for (const answer of [() => new Promise(() => {}), undefined]) {
    const service = new Service();
    service.answer = answer ?? service.answer;
    const seen = service.watch();
    await flush();
    service.socket.receive(overflow(1, 11));
    service.socket.receive(closed(20));
    await flush();
    seen.watch.stop();
    assert.deepEqual(await seen.watch.ended, {state: State.IDLE, lastSeq: 0});
    await flush();
    assert.equal(service.clock.waiting, 0);
    assert.deepEqual([seen.lost, seen.closed, seen.errors], [[], [], []]);
  }
});

test("delivers nothing after onEvents stops the watch", async () => {
  const service = new Service();
  service.kept.set(RUN, range(1, 3_000));
  const seen = [];
  const watch = service.arena.watch(RUN, {onEvents: events => { seen.push(...events); watch.stop(); }});
  await flush();
  service.socket.receive(overflow(1, 2_501));
  await flush();
  assert.equal(seen.length, Limits.PAGE_EVENTS);
  assert.equal(service.calls.length, 1);
});

// ---- slow readers

test("waits for a slow reader before delivering the next events", async () => {
  const service = new Service();
  const seen = [];
  let release;
  service.watch({onEvents: events => {
    seen.push(events.map(event => event.seq));
    return new Promise(resolve => { release = resolve; });
  }});
  await flush();
  service.socket.receive(events(1));
  service.socket.receive(events(2, 3));
  await flush();
  assert.deepEqual(seen, [[1]]);
  release();
  await flush();
  assert.deepEqual(seen, [[1], [2, 3]]);
});

test("drops events for a slow reader at the limit and requests them later", async () => {
  const service = new Service();
  const seen = [];
  let release;
  service.watch({onEvents: events => {
    seen.push(...events.map(event => event.seq));
    return events[0].seq === 1 ? new Promise(resolve => { release = resolve; }) : undefined;
  }});
  await flush();
  for (let seq = 1; seq <= Limits.QUEUED_MESSAGES + 10; seq++) {
    service.socket.receive(events(seq));
  }
  await flush();
  assert.deepEqual(service.socket.sent, [subscribe(1), unsubscribe()]);
  release();
  await flush();
  const had = seen.length;
  assert.ok(had >= Limits.QUEUED_MESSAGES);
  await service.clock.pass(SECOND);
  assert.deepEqual(service.socket.sent, [subscribe(1), unsubscribe(), subscribe(had + 1)]);
  service.socket.receive(events(had + 1));
  await flush();
  assert.deepEqual(seen, range(1, had + 1));
});

test("reports the end of a run whose messages were dropped at the limit", async () => {
  const service = new Service();
  let release;
  const seen = service.watch({onEvents: events =>
    events[0].seq === 1 ? new Promise(resolve => { release = resolve; }) : undefined});
  await flush();
  service.socket.receive(events(1));
  await flush();
  for (let seq = 2; seq <= Limits.QUEUED_MESSAGES + 1; seq++) {
    service.socket.receive(events(seq));
  }
  service.socket.receive(closed(Limits.QUEUED_MESSAGES + 1));
  release();
  await service.clock.pass(SECOND);
  assert.deepEqual(service.socket.sent.at(-1), subscribe(Limits.QUEUED_MESSAGES + 2));
  service.socket.receive(closed(Limits.QUEUED_MESSAGES + 1));
  assert.equal((await seen.watch.ended).state, State.COMPLETE);
});

test("counts queued characters as well as messages", async () => {
  const service = new Service();
  service.watch({onEvents: () => new Promise(() => {})});
  await flush();
  const large = seq => {
    const message = events(seq);
    message.events[0].agent_id = "x".repeat(120 * 1024);
    return message;
  };
  for (let seq = 1; seq <= 10; seq++) {
    service.socket.receive(large(seq));
  }
  await flush();
  assert.deepEqual(service.socket.sent, [subscribe(1), unsubscribe()]);

  const fast = service.watch({}, OTHER);
  for (let seq = 1; seq <= 50; seq++) {
    const message = eventsOf(OTHER, seq);
    message.events[0].agent_id = "x".repeat(120 * 1024);
    service.socket.receive(message);
    await flush();
  }
  assert.deepEqual(fast.events, range(1, 50), "but not events already delivered");
});

test("ends only the watch whose onEvents throws", async () => {
  const service = new Service();
  const cause = new Error("no room");
  const seen = service.watch({onEvents: () => { throw cause; }});
  const other = service.watch({}, OTHER);
  await flush();
  service.socket.receive(events(1));
  const {state, error} = await seen.watch.ended;
  assert.deepEqual([state, error.code, error.cause], [State.ERROR, "consumer_failed", cause]);
  assert.deepEqual(service.socket.sent.at(-1), unsubscribe());
  service.socket.receive(eventsOf(OTHER, 1));
  await flush();
  assert.deepEqual(other.events, [1]);
});

// ---- errors

test("ends in Error with the service's code for an unknown run", async () => {
  const service = new Service();
  const seen = service.watch();
  const other = service.watch({}, OTHER);
  await flush();
  service.socket.receive(rejection("unknown_run"));
  const {state, error} = await seen.watch.ended;
  assert.deepEqual([state, error.code, error.message], [State.ERROR, "unknown_run", "because of unknown_run"]);
  assert.deepEqual(seen.states, [State.CONNECTING, State.ERROR]);
  assert.deepEqual(seen.errors.map(error => [error.code, error.final]), [["unknown_run", true]]);
  assert.equal(other.watch.state, State.CONNECTING);
});

test("retries a rejected subscription and reports the error", async () => {
  const service = new Service();
  const seen = service.watch();
  await flush();
  for (const code of ["unavailable", "internal_error", "too_many_readers", "too_many_requests"]) {
    service.socket.receive(rejection(code));
    await service.clock.pass(10 * SECOND);
  }
  assert.equal(service.socket.sent.length, 5);
  assert.deepEqual(seen.errors.map(error => [error.code, error.final]), [
    ["unavailable", false], ["internal_error", false], ["too_many_readers", false], ["too_many_requests", false]]);
  service.socket.receive(events(1));
  await flush();
  assert.deepEqual(seen.events, [1]);
});

test("keeps streaming while the run is behind", async () => {
  const service = new Service();
  const seen = service.watch();
  await flush();
  service.socket.receive(events(1));
  await flush();
  const sent = service.socket.sent.length;
  for (let i = 0; i < 2 * Limits.SUBSCRIBE_ATTEMPTS; i++) {
    service.socket.receive(rejection("behind"));
    await service.clock.pass(MINUTE);
  }
  assert.equal(seen.watch.state, State.STREAMING);
  assert.equal(service.socket.sent.length, sent, "the subscription stays");
  assert.deepEqual(new Set(seen.errors.map(error => `${error.code} ${error.final}`)), new Set(["behind false"]));
  service.socket.receive(events(2));
  await flush();
  assert.deepEqual(seen.events, [1, 2]);
});

test("reads events from GET /events while the run is behind, and repeats none afterwards", async () => {
  const service = new Service();
  const delayed = [];
  const seen = service.watch({onDelayed: value => delayed.push(value)});
  await flush();
  service.socket.receive(events(1, 2));
  service.kept.set(RUN, range(1, 5));
  service.socket.receive({type: "error", run_id: RUN, code: "behind", message: "events are delayed"});
  await flush();
  assert.deepEqual(seen.events, [1, 2]);
  await service.clock.pass(Limits.DELAYED_READ_MILLIS);
  assert.deepEqual(seen.events, range(1, 5));
  service.kept.set(RUN, range(1, 7));
  await service.clock.pass(Limits.DELAYED_READ_MILLIS);
  assert.deepEqual(seen.events, range(1, 7));
  assert.deepEqual([seen.watch.state, delayed], [State.STREAMING, [true]]);
  service.socket.receive(events(3, 4, 5, 6, 7, 8)); // the buffer is back, and sends from its own position
  await flush();
  assert.deepEqual(seen.events, range(1, 8));
  assert.deepEqual(delayed, [true, false]);
  const calls = service.calls.length;
  await service.clock.pass(MINUTE);
  assert.equal(service.calls.length, calls, "the buffer sends what follows");
  assert.deepEqual(service.socket.sent, [subscribe(1)]);
});

test("reads events from GET /events while the connection is lost", async () => {
  const service = new Service();
  const seen = service.watch();
  await flush();
  service.socket.receive(events(1, 2));
  await flush();
  service.opens = false;
  service.kept.set(RUN, range(1, 2_300));
  service.sockets[0].break();
  await service.clock.pass(Limits.DELAYED_READ_MILLIS);
  assert.deepEqual(seen.events, range(1, 2_300), "as many pages as there are");
  assert.equal(seen.watch.state, State.CONNECTING);
  service.opens = true;
  await service.clock.pass(MINUTE);
  assert.deepEqual(service.socket.sent, [subscribe(2_301)]);
});

test("reads less often while there is nothing to read, and after failures", async () => {
  const service = new Service();
  service.watch();
  await flush();
  service.socket.receive(events(1));
  service.answer = () => new TypeError("fetch failed");
  service.socket.receive({type: "error", run_id: RUN, code: "behind", message: "events are delayed"});
  await service.clock.pass(4 * MINUTE);
  assert.equal(service.calls.length, 10, "after 4, 8 and 16 s, then every 30 s");
});

test("reports the end of a run that ended while it was behind", async () => {
  const service = new Service();
  const seen = service.watch();
  await flush();
  service.socket.receive(events(1));
  service.socket.receive({type: "error", run_id: RUN, code: "behind", message: "events are delayed"});
  service.answer = () => Response.json({events: envelopes(2, 3), next_from_seq: null, status: "complete"});
  await service.clock.pass(Limits.DELAYED_READ_MILLIS);
  assert.deepEqual(await seen.watch.ended, {state: State.COMPLETE, status: "complete", lastSeq: 3});
  assert.deepEqual([seen.events, seen.closed], [[1, 2, 3], [{status: "complete", lastSeq: 3}]]);
  assert.equal(service.clock.waiting, 0);
});

test("leaves a gap that a read finds while behind to the subscription", async () => {
  const service = new Service();
  const seen = service.watch();
  await flush();
  service.socket.receive(events(1));
  service.socket.receive({type: "error", run_id: RUN, code: "behind", message: "events are delayed"});
  service.answer = () => Response.json({events: envelopes(4, 5), next_from_seq: null, status: "complete"});
  await service.clock.pass(Limits.DELAYED_READ_MILLIS);
  assert.deepEqual([seen.events, seen.lost], [[1], []]);
});

test("ends in Error when subscribe attempts are exhausted", async () => {
  const service = new Service();
  const seen = service.watch();
  await flush();
  for (let i = 1; i <= Limits.SUBSCRIBE_ATTEMPTS; i++) {
    service.socket.receive(rejection("too_many_readers"));
    await service.clock.pass(30 * SECOND);
  }
  assert.equal((await seen.watch.ended).error.code, "too_many_readers");
  assert.equal(seen.errors.filter(error => error.final).length, 1);
});

test("resets the count of rejections when events arrive", async () => {
  const service = new Service();
  const seen = service.watch();
  await flush();
  for (let seq = 1; seq <= 2 * Limits.SUBSCRIBE_ATTEMPTS; seq++) {
    service.socket.receive(rejection("unavailable"));
    await service.clock.pass(30 * SECOND);
    service.socket.receive(events(seq));
    await flush();
  }
  assert.equal(seen.watch.state, State.STREAMING);
});

test("does not subscribe after a watch is stopped", async () => {
  const service = new Service();
  service.watch({}, OTHER);
  const seen = service.watch();
  await flush();
  service.socket.receive(rejection("unavailable"));
  seen.watch.stop();
  const said = service.socket.sent.length;
  await service.clock.pass(MINUTE);
  assert.equal(service.socket.sent.length, said);
});

test("repeats pending subscriptions after an error of the gateway", async () => {
  const service = new Service();
  service.watch();
  service.watch({}, OTHER);
  await flush();
  service.socket.receive(eventsOf(OTHER, 1));
  for (let i = 0; i < 2; i++) {
    service.socket.receive({message: "Internal server error", connectionId: "c", requestId: "r"});
  }
  await service.clock.pass(10 * SECOND);
  assert.deepEqual(service.socket.sent, [subscribe(1), subscribe(1, OTHER), subscribe(1)]);
  assert.deepEqual(service.errors.map(error => error.code), ["unavailable", "unavailable"]);
});

test("ends in Error when the gateway stays overloaded", async () => {
  const service = new Service();
  const seen = service.watch();
  await flush();
  for (let i = 0; i < Limits.CONNECTION_ATTEMPTS; i++) {
    service.socket.receive({message: "Internal server error", connectionId: "c", requestId: "r"});
    await service.clock.pass(30 * SECOND);
  }
  assert.equal((await seen.watch.ended).error.code, "unavailable");
});

test("attributes an error without a run to the only pending subscription", async () => {
  const service = new Service();
  const seen = service.watch();
  const other = service.watch({}, OTHER);
  await flush();
  service.socket.receive(eventsOf(OTHER, 1));
  service.socket.receive({type: "error", code: "unknown_run", message: "no such run"});
  assert.equal((await seen.watch.ended).error.code, "unknown_run");
  assert.equal(other.watch.state, State.STREAMING);
  service.socket.receive({type: "error", code: "bad_json", message: "no JSON"});
  await flush();
  assert.deepEqual(service.errors.map(error => error.code), ["bad_json"]);
});

test("reports and skips messages that violate the protocol", async () => {
  const service = new Service();
  service.kept.set(RUN, range(1, 9));
  const seen = service.watch();
  await flush();
  service.socket.receive("no JSON");
  service.socket.receive("[]");
  service.socket.receive("null");
  service.socket.receive(" ".repeat(Limits.MESSAGE_CHARACTERS) + "{}");
  service.socket.onmessage({data: new ArrayBuffer(3)});
  assert.deepEqual(service.errors.map(error => error.code), Array(5).fill("bad_message"));
  service.socket.receive({type: "hello", run_id: RUN});
  service.socket.receive(eventsOf(OTHER, 1));
  service.socket.receive(events(1));
  await flush();
  assert.deepEqual(seen.events, [1]);
});

for (const [what, message] of [
  ["no events", {type: "events", run_id: RUN}],
  ["an empty message", {type: "events", run_id: RUN, events: []}],
  ["a gap within a message", events(1, 3)],
  ["events backwards", events(2, 1)],
  ["another run's event", {...events(1), events: [envelope(1, OTHER)]}],
  ["an event without seq", {...events(1), events: [{...envelope(1), seq: "1"}]}],
  ["an overflow without a position", overflow(1, 0)],
  ["a closed message without last_seq", closed(undefined)],
]) {
  test(`ends in Error on ${what}`, async () => {
    const service = new Service();
    const seen = service.watch();
    await flush();
    service.socket.receive(message);
    const {state, error} = await seen.watch.ended;
    assert.deepEqual([state, error.code], [State.ERROR, "bad_message"]);
    assert.deepEqual(seen.events, []);
  });
}

// ---- HTTP

test("returns the JSON of each event of a page unchanged", async () => {
  const service = new Service();
  const texts = [
    `{"run_id":"${RUN}","seq":3,"payload":{"a":200.0,"events":[{"x":"}]"}]}}`,
    `{"run_id":"${RUN}","seq":4,"payload":{"text":"a \\"quoted\\\\\\" }, and a \\\\"}}`,
  ];
  service.answer = () => new Response(`{"events":[${texts.join(",")}],"next_from_seq":null,"status":"complete"}`);
  const page = await service.arena.events(RUN, {fromSeq: 3, limit: 2});
  assert.deepEqual(page.texts, texts);
  assert.deepEqual(page.events, texts.map(text => JSON.parse(text)));
  assert.deepEqual([page.nextFromSeq, page.status], [null, "complete"]);
  assert.deepEqual(service.calls, [`http://arena.example/events?run_id=${RUN}&from_seq=3&limit=2`]);
});

test("extracts envelopes from any JSON layout", () => {
  assert.deepEqual(envelopeTexts('{"type":"events", "run_id":"events" , "events" : [ {"a":[1,{}]} , {} ],"b":[{}]}'),
      ['{"a":[1,{}]}', "{}"]);
  assert.deepEqual(envelopeTexts('{"x":{"events":[{}]},"events":[]}'), []);
  assert.deepEqual(envelopeTexts('{"x":"events","y":[{"events":[{}]}]}'), []);
});

test("retries a request and honours Retry-After", async () => {
  const service = new Service();
  const answers = [
    new TypeError("fetch failed"),
    Response.json({message: "Too Many Requests"}, {status: 429, headers: {"retry-after": "7"}}),
    new Response("<html>", {status: 502}),
    Response.json({events: [], next_from_seq: 1, status: "running"}),
  ];
  service.answer = () => answers.shift();
  const page = service.arena.events(RUN);
  await service.clock.pass(500 + 6_999);
  assert.equal(service.calls.length, 2);
  await service.clock.pass(1 + 2_000);
  assert.deepEqual(await page, {events: [], texts: [], nextFromSeq: 1, status: "running"});
  assert.equal(service.calls.length, 4);
});

test("does not retry a final error", async () => {
  const service = new Service();
  service.answer = () => Response.json({error: {code: "unknown_run", message: "unknown run"}}, {status: 404});
  await assert.rejects(service.arena.events(RUN), {code: "unknown_run", message: "unknown run"});
  assert.equal(service.calls.length, 1);
});

test("times out requests and gives up when attempts are exhausted", async () => {
  const service = new Service();
  service.answer = () => new Promise(() => {});
  const page = assert.rejects(service.arena.events(RUN), {code: "unreachable"});
  await service.clock.pass(10 * MINUTE);
  await page;
  assert.equal(service.calls.length, Limits.HTTP_ATTEMPTS);
  assert.equal(service.clock.waiting, 0);
});

test("aborts a request", async () => {
  const service = new Service();
  service.answer = () => new Promise(() => {});
  const calling = new AbortController();
  const page = service.arena.events(RUN, {signal: calling.signal});
  await flush();
  calling.abort(new Error("enough"));
  await assert.rejects(page, {message: "enough"});
  assert.equal(service.clock.waiting, 0);
});

test("rejects a response that is too large or is not a page", async () => {
  const service = new Service();
  service.answer = () => new Response(new Uint8Array(Limits.PAGE_BYTES + 1));
  await assert.rejects(service.arena.events(RUN), {code: "bad_message"});
  for (const body of ["no JSON", "[]", "{}", '{"events":[{}],"next_from_seq":2,"status":"running"}',
    JSON.stringify({events: envelopes(1), next_from_seq: "2", status: "running"})]) {
    service.answer = () => new Response(body);
    await assert.rejects(service.arena.events(RUN), {code: "bad_message"}, body);
  }
});

// ---- large payloads

const PAYLOAD = '{"kind":"metric","name":"n","value":200.0}';

function reference(seq, payload = PAYLOAD) {
  const {payload: _, ...head} = envelope(seq);
  const digest = createHash("sha256").update(payload).digest("hex").slice(0, 16);
  return {...head, payload_url: `https://bucket.example/payloads/${RUN}/${seq}-${digest}.json?X-Amz-Signature=x`};
}

function wholeText(seq) {
  const {payload: _, ...head} = envelope(seq);
  return `${JSON.stringify(head).slice(0, -1)},"payload":${PAYLOAD}}`;
}

function referring(seq) {
  return {type: "events", run_id: RUN, events: [reference(seq)]};
}

test("replaces payload_url by the payload, with the same bytes", async () => {
  const service = new Service();
  service.answer = () => new Response(PAYLOAD);
  const got = [];
  const watch = service.arena.watch(RUN, {texts: true, onEvents: (events, texts) => got.push([events, texts])});
  await flush();
  service.socket.receive(referring(1));
  service.socket.receive(closed(1));
  assert.equal((await watch.ended).state, State.COMPLETE);
  assert.deepEqual(got, [[[JSON.parse(wholeText(1))], [wholeText(1)]]]);
  assert.deepEqual(service.calls, [reference(1).payload_url]);
});

for (const [what, answer, message = referring(1)] of [
  ["is expired", () => new Response("<Error/>", {status: 403})],
  ["is blocked by CORS", () => new TypeError("CORS")],
  ["returns another text", () => new Response(PAYLOAD.replace("200.0", "201.0"))],
  ["returns another kind", () => new Response('{"kind":"fork"}'),
    {...referring(1), events: [reference(1, '{"kind":"fork"}')]}],
]) {
  test(`reads a payload from GET /events if its link ${what}`, async () => {
    const service = new Service();
    service.answer = url => url.startsWith("http://arena.example/")
      ? new Response(`{"events":[${wholeText(1)}],"next_from_seq":2,"status":"running"}`) : answer();
    const got = [];
    service.arena.watch(RUN, {texts: true, onEvents: (_, texts) => got.push(...texts)});
    await flush();
    service.socket.receive(message);
    await until(() => got.length > 0);
    service.socket.receive(message);
    await flush();
    assert.deepEqual(got, [wholeText(1)]);
    assert.equal(service.calls.length, 2, "and not again when it is sent twice");
  });
}

test("delivers an event with its link and reports an error when the payload is unavailable", async () => {
  const service = new Service();
  service.answer = () => Response.json({error: {code: "internal_error", message: "broken"}}, {status: 400});
  const got = [];
  const seen = service.watch({onEvents: events => { got.push(...events); }});
  await flush();
  service.socket.receive(referring(1));
  await until(() => got.length > 0);
  assert.deepEqual(got, [reference(1)]);
  assert.deepEqual(seen.errors.map(error => [error.code, error.final]), [["payload_unavailable", false]]);
  assert.equal(seen.watch.state, State.STREAMING);
});

test("delivers links if fetchPayloads is off, and resolves them later", async () => {
  const service = new Service();
  service.answer = () => new Response(PAYLOAD);
  const got = [];
  service.watch({fetchPayloads: false, onEvents: events => { got.push(...events); }});
  await flush();
  service.socket.receive(referring(1));
  await flush();
  assert.deepEqual(got, [reference(1)]);
  assert.deepEqual(service.calls, []);
  assert.deepEqual(await service.arena.withPayload(got[0]), {event: JSON.parse(wholeText(1)), text: undefined});
  assert.deepEqual(await service.arena.withPayload(envelope(2)), {event: envelope(2), text: undefined});
});

// ---- tokens

const TOKEN = `arena_abcdefgh_${"s".repeat(43)}`;
const TICKET = `ticket_${"t".repeat(43)}`;

function ticketed(status = 201) {
  const service = new Service({token: TOKEN});
  service.answer = url => url.endsWith("/tickets")
    ? new Response(JSON.stringify(status === 201
        ? {ticket: TICKET, expires_at: "2026-01-31T12:00:30.000000Z"}
        : {error: {code: "unauthorized", message: "a valid token is required"}}), {status})
    : service.page(url);
  return service;
}

test("opens each connection with a new ticket", async () => {
  const service = ticketed();
  const watch = service.arena.watch(RUN);
  await flush();
  assert.deepEqual(service.sockets.map(socket => socket.url), [`ws://arena.example/live?ticket=${TICKET}`]);
  assert.deepEqual(service.calls, ["http://arena.example/tickets"]);
  assert.equal(service.requests[0].method, "POST");
  assert.equal(service.requests[0].headers.authorization, `Bearer ${TOKEN}`);
  service.sockets[0].break();
  await service.clock.pass(MINUTE);
  assert.equal(service.sockets.length, 2);
  assert.equal(service.calls.filter(url => url.endsWith("/tickets")).length, 2);
  watch.stop();
  await flush();
});

test("sends the token only to the arena", async () => {
  const service = ticketed();
  service.kept.set(RUN, []);
  await service.arena.events(RUN);
  assert.equal(service.requests[0].headers.authorization, `Bearer ${TOKEN}`);
  const other = new Service();
  other.kept.set(RUN, []);
  await other.arena.events(RUN);
  assert.equal(other.requests[0].headers.authorization, undefined);
});

test("ends watches when the token is not valid", async () => {
  const service = ticketed(401);
  const watch = service.arena.watch(RUN);
  const end = await watch.ended;
  assert.equal(end.state, State.ERROR);
  assert.equal(end.error.code, "unauthorized");
  assert.equal(service.sockets.length, 0);
  await service.clock.pass(10 * MINUTE);
  assert.equal(service.calls.length, 1);
});

test("retries when no ticket can be fetched now", async () => {
  const service = ticketed();
  const answer = service.answer;
  let failures = 2;
  service.answer = url => failures-- > 0 ? new Response("{}", {status: 503}) : answer(url);
  const watch = service.arena.watch(RUN);
  await service.clock.pass(MINUTE);
  assert.equal(service.sockets.length, 1);
  watch.stop();
  await flush();
});

test("rejects a token of another form without repeating it", () => {
  assert.throws(() => new Service({token: "arena_secret"}),
      error => error instanceof TypeError && !error.message.includes("arena_secret"));
});
