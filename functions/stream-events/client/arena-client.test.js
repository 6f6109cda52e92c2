// The client against a service that says what the test lets it say, on a clock that the test moves.

import assert from "node:assert/strict";
import {createHash} from "node:crypto";
import {test} from "node:test";
import {setImmediate as nextTurn} from "node:timers/promises";

import {ArenaClient, envelopeTexts, Limits, State} from "./arena-client.js";

const RUN = "5eed0000000000000000000000000001";
const OTHER = "5eed0000000000000000000000000002";
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

// ---- the world of a test

class HeldClock {
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

  /** Lets time pass, alarm by alarm, and everything happen that follows. */
  async pass(millis) {
    const end = this.#now + millis;
    await settled();
    for (let alarms = 0; alarms < 10_000; alarms++) {
      const [id, next] = [...this.#timers].sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      if (next === undefined || next.at > end) {
        this.#now = end;
        return;
      }
      this.#timers.delete(id);
      this.#now = next.at;
      next.f();
      await settled();
    }
    throw new Error("the clock's alarms do not end");
  }
}

/** Lets everything happen that needs no time. */
async function settled() {
  for (let i = 0; i < 8; i++) {
    await nextTurn();
  }
}

/** Waits for what happens on another thread, such as a digest. */
async function until(condition) {
  for (let i = 0; i < 10_000; i++) {
    if (condition()) {
      return;
    }
    await nextTurn();
  }
  assert.fail(`it never came to ${condition}`);
}

/** A service in the test's hand: its sockets, and what GET answers. */
class Service {
  sockets = [];
  calls = [];
  clock = new HeldClock();
  errors = [];
  /** Whether connections open by themselves. */
  opens = true;
  /** Answers a GET; by default from the events that a run has here. */
  answer = url => this.page(url);
  kept = new Map();
  status = "running";

  constructor() {
    const service = this;
    this.arena = new ArenaClient({
      http: "http://arena.example",
      websocket: "ws://arena.example/live",
      WebSocket: class {
        bufferedAmount = 0;
        said = [];
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
          this.said.push(JSON.parse(text));
        }

        close() {
          this.isClosed = true;
        }

        /** As the service, or the network, does it. */
        break(code = 1006) {
          this.isClosed = true;
          this.onerror?.({});
          this.onclose?.({code});
        }

        hear(message) {
          this.onmessage({data: typeof message === "string" ? message : JSON.stringify(message)});
        }
      },
      fetch: async (url, {signal}) => {
        this.calls.push(url);
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

  /** GET /events of the events that are kept here, of which those without a payload are missing. */
  page(url) {
    const query = new URL(url).searchParams;
    const [runId, from, limit] = [query.get("run_id"), Number(query.get("from_seq")), Number(query.get("limit"))];
    const seqs = (this.kept.get(runId) ?? []).filter(seq => seq >= from).slice(0, limit);
    // a page has no gap
    const end = seqs.findIndex((seq, i) => seq !== seqs[0] + i);
    const events = envelopes(...(end === -1 ? seqs : seqs.slice(0, end)));
    return Response.json({events, next_from_seq: (events.at(-1)?.seq ?? from - 1) + 1, status: this.status});
  }

  /** Watches, and notes all that the watch tells. */
  watch(options = {}, runId = RUN) {
    const told = {events: [], states: [], lost: [], closed: [], errors: [], batches: 0};
    told.watch = this.arena.watch(runId, {
      onEvents: events => { told.events.push(...events.map(event => event.seq)); told.batches++; },
      onState: state => told.states.push(state),
      onLost: range => told.lost.push(range),
      onClosed: end => told.closed.push(end),
      onError: error => told.errors.push(error),
      ...options,
    });
    return told;
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
const refusal = (code, runId = RUN) => ({type: "error", run_id: runId, code, message: `because of ${code}`});
const subscribe = (fromSeq, runId = RUN) => ({action: "subscribe", run_id: runId, from_seq: fromSeq});
const unsubscribe = (runId = RUN) => ({action: "unsubscribe", run_id: runId});

// ---- a run from its first event to its end

test("a run is watched from the first event to its end", async () => {
  const service = new Service();
  const told = service.watch();
  assert.deepEqual(told.states, [], "nothing is told before watch() returns");
  await settled();
  assert.equal(service.socket.url, "ws://arena.example/live");
  assert.deepEqual(service.socket.said, [subscribe(1)]);
  assert.deepEqual(told.states, [State.CONNECTING]);

  service.socket.hear(events(1, 2));
  service.socket.hear(events(3));
  await settled();
  assert.deepEqual(told.events, [1, 2, 3]);
  assert.equal(told.batches, 2);
  assert.equal(told.watch.lastSeq, 3);
  assert.equal(told.watch.state, State.STREAMING);

  service.socket.hear(closed(3));
  assert.deepEqual(await told.watch.ended, {state: State.COMPLETE, status: "complete", lastSeq: 3});
  assert.deepEqual(told.closed, [{status: "complete", lastSeq: 3}]);
  assert.deepEqual(told.states, [State.CONNECTING, State.STREAMING, State.COMPLETE]);
  await settled();
  assert.ok(service.socket.isClosed, "nothing is watched: no connection");
  assert.equal(service.clock.waiting, 0, "and no alarm");
  assert.deepEqual(service.socket.said, [subscribe(1)], "what has ended is not unsubscribed from");
});

test("a run that ended before its first turn is Closed at once", async () => {
  const service = new Service();
  const told = service.watch();
  await settled();
  service.socket.hear(closed(0, "failed"));
  assert.deepEqual(await told.watch.ended, {state: State.CLOSED, status: "failed", lastSeq: 0});
  assert.deepEqual(told.states, [State.CONNECTING, State.CLOSED]);
  assert.deepEqual(told.events, []);
});

test("a watch begins where it is told to", async () => {
  const service = new Service();
  const told = service.watch({fromSeq: 40});
  await settled();
  assert.deepEqual(service.socket.said, [subscribe(40)]);
  assert.equal(told.watch.lastSeq, 39);
  service.socket.hear(closed(39));
  assert.equal((await told.watch.ended).state, State.COMPLETE);
});

test("the end is told when its last event was delivered", async () => {
  const service = new Service();
  service.kept.set(RUN, range(1, 5));
  const told = service.watch();
  await settled();
  service.socket.hear(events(1, 2));
  service.socket.hear(closed(5));
  await told.watch.ended;
  assert.deepEqual(told.events, range(1, 5));
});

// ---- many runs on one connection

test("many runs share a connection, and each gets its own", async () => {
  const service = new Service();
  const one = service.watch();
  const two = service.watch({fromSeq: 7}, OTHER);
  await settled();
  assert.equal(service.sockets.length, 1);
  assert.deepEqual(service.socket.said, [subscribe(1), subscribe(7, OTHER)]);
  service.socket.hear(eventsOf(OTHER, 7, 8));
  service.socket.hear(events(1));
  await settled();
  assert.deepEqual([one.events, two.events], [[1], [7, 8]]);

  service.socket.hear(closed(1));
  await one.watch.ended;
  await settled();
  assert.ok(!service.socket.isClosed, "the other goes on");
  service.socket.break();
  await service.clock.pass(MINUTE);
  assert.deepEqual(service.socket.said, [subscribe(9, OTHER)]);
});

test("a watch that is stopped unsubscribes and says nothing more", async () => {
  const service = new Service();
  const stopping = new AbortController();
  const told = service.watch({signal: stopping.signal});
  service.watch({}, OTHER);
  await settled();
  service.socket.hear(events(1));
  await settled();
  service.socket.hear(events(2));
  stopping.abort();
  await settled();
  assert.deepEqual(await told.watch.ended, {state: State.IDLE, lastSeq: 1});
  service.socket.hear(events(3));
  service.socket.hear(closed(3));
  await settled();
  assert.deepEqual(told.events, [1]);
  assert.deepEqual(told.states, [State.CONNECTING, State.STREAMING]);
  assert.deepEqual(service.socket.said.at(-1), unsubscribe());
});

test("a watch with a signal that has gone off ends before it begins", async () => {
  const service = new Service();
  const told = service.watch({signal: AbortSignal.abort()});
  assert.equal((await told.watch.ended).state, State.IDLE);
  assert.equal(service.sockets.length, 0);
});

test("subscribing again to a run waits until the service has unsubscribed", async () => {
  const service = new Service();
  service.watch({}, OTHER);
  const told = service.watch();
  await settled();
  told.watch.stop();
  service.watch({fromSeq: 5});
  await settled();
  assert.deepEqual(service.socket.said.at(-1), unsubscribe());
  await service.clock.pass(SECOND);
  assert.deepEqual(service.socket.said.at(-1), subscribe(5));
});

test("one watch may follow another on the same connection", async () => {
  const service = new Service();
  const told = service.watch();
  await settled();
  told.watch.stop();
  service.watch({}, OTHER);
  await settled();
  assert.equal(service.sockets.length, 1);
  assert.ok(!service.socket.isClosed);
});

test("close() stops all, and the client can be used again", async () => {
  const service = new Service();
  const told = service.watch();
  await settled();
  service.arena.close();
  assert.equal((await told.watch.ended).state, State.IDLE);
  assert.ok(service.socket.isClosed);
  assert.equal(service.clock.waiting, 0);
  service.watch();
  await settled();
  assert.equal(service.sockets.length, 2);
  assert.deepEqual(service.socket.said, [subscribe(1)]);
});

test("what cannot be watched is refused at once", () => {
  const service = new Service();
  assert.throws(() => service.watch({}, "nobody"), TypeError);
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

test("addresses and a WebSocket are required", () => {
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

test("what is sent again is dropped, in whole or in part", async () => {
  const service = new Service();
  const told = service.watch();
  await settled();
  service.socket.hear(events(1, 2, 3));
  service.socket.hear(events(1, 2, 3));
  service.socket.hear(events(2, 3, 4));
  service.socket.hear(events(4));
  service.socket.hear(events(5));
  await settled();
  assert.deepEqual(told.events, range(1, 5));
  assert.equal(told.batches, 3);
});

test("a gap in what is sent is filled from GET /events before it goes on", async () => {
  const service = new Service();
  service.kept.set(RUN, range(1, 10));
  const told = service.watch();
  await settled();
  service.socket.hear(events(1));
  service.socket.hear(events(5, 6));
  await settled();
  assert.deepEqual(told.events, range(1, 6));
  assert.deepEqual(service.calls, [`http://arena.example/events?run_id=${RUN}&from_seq=2&limit=3`]);
});

// ---- a lost connection

test("a lost connection is found again, and each event comes once", async () => {
  const service = new Service();
  const told = service.watch();
  await settled();
  service.socket.hear(events(1, 2));
  await settled();
  service.socket.break();
  assert.equal(told.watch.state, State.CONNECTING);
  await service.clock.pass(499);
  assert.equal(service.sockets.length, 1, "not at once");
  await service.clock.pass(1);
  assert.deepEqual(service.socket.said, [subscribe(3)]);
  assert.equal(told.watch.state, State.STREAMING, "events came, and it is connected");
  service.socket.hear(events(2, 3));
  service.socket.hear(closed(3));
  await told.watch.ended;
  assert.deepEqual(told.events, [1, 2, 3]);
  assert.deepEqual(told.states,
      [State.CONNECTING, State.STREAMING, State.CONNECTING, State.STREAMING, State.COMPLETE]);
});

test("whatever code a connection is closed with, it is found again", async () => {
  const service = new Service();
  service.watch();
  for (const code of [1000, 1001, 1006, 1009, 1011, 4000]) {
    await settled();
    service.socket.hear({type: "pong"});
    service.socket.break(code);
    await service.clock.pass(SECOND);
    assert.deepEqual(service.socket.said, [subscribe(1)], `after ${code}`);
  }
});

test("attempts come at growing intervals and end in Error", async () => {
  const service = new Service();
  service.opens = false;
  const told = service.watch();
  const pauses = [];
  for (let attempt = 1; attempt < Limits.CONNECTION_ATTEMPTS; attempt++) {
    await settled();
    service.socket.break();
    const before = service.clock.now();
    while (service.sockets.length === attempt) {
      await service.clock.pass(500);
    }
    pauses.push(service.clock.now() - before);
  }
  assert.deepEqual(pauses.slice(0, 8), [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  assert.deepEqual(told.states, [State.CONNECTING]);
  service.socket.break();
  const {state, error} = await told.watch.ended;
  assert.equal(state, State.ERROR);
  assert.equal(error.code, "connection_lost");
  assert.match(error.message, /20 attempts/);
  await service.clock.pass(10 * MINUTE);
  assert.equal(service.sockets.length, Limits.CONNECTION_ATTEMPTS);
  assert.equal(service.clock.waiting, 0);

  service.opens = true;
  service.watch({fromSeq: told.watch.lastSeq + 1});
  await settled();
  assert.deepEqual(service.socket.said, [subscribe(1)], "one may begin anew");
});

test("a connection that opens and breaks is no success", async () => {
  const service = new Service();
  const told = service.watch();
  for (let attempt = 1; attempt < Limits.CONNECTION_ATTEMPTS; attempt++) {
    await settled();
    service.socket.break();
    await service.clock.pass(30 * SECOND);
  }
  await settled();
  service.socket.break();
  assert.equal((await told.watch.ended).error.code, "connection_lost");
});

test("attempts are counted anew after progress", async () => {
  const service = new Service();
  const told = service.watch();
  for (let seq = 1; seq <= 2 * Limits.CONNECTION_ATTEMPTS; seq++) {
    await settled();
    service.socket.hear(events(seq));
    await settled();
    service.socket.break();
    await service.clock.pass(SECOND);
  }
  assert.deepEqual(told.events, range(1, 2 * Limits.CONNECTION_ATTEMPTS));
});

test("attempts are counted anew after a while without failure", async () => {
  const service = new Service();
  const told = service.watch();
  for (let i = 1; i <= 2 * Limits.CONNECTION_ATTEMPTS; i++) {
    await service.clock.pass(Limits.STABLE_MILLIS + 2 * Limits.TICK_MILLIS);
    service.socket.break();
    await service.clock.pass(SECOND);
  }
  assert.equal(told.watch.state, State.CONNECTING);
});

test("what waits for a slow reader when the connection is lost does not wait twice", async () => {
  const service = new Service();
  const seen = [];
  let release;
  service.watch({onEvents: events => {
    seen.push(...events.map(event => event.seq));
    return events[0].seq === 1 ? new Promise(resolve => { release = resolve; }) : undefined;
  }});
  await settled();
  service.socket.hear(events(1));
  for (let connection = 1; connection <= 2; connection++) {
    await settled();
    for (let seq = 2; seq <= 200; seq++) {
      service.socket.hear(events(seq));
    }
    if (connection === 1) {
      service.socket.break();
      await service.clock.pass(SECOND);
    }
  }
  assert.deepEqual(service.socket.said, [subscribe(2)]);
  release();
  await settled();
  assert.deepEqual(seen, range(1, 200));
});

test("a connection that does not open in time is given up", async () => {
  const service = new Service();
  service.opens = false;
  service.watch();
  await service.clock.pass(Limits.CONNECT_MILLIS + 500);
  assert.ok(service.sockets[0].isClosed);
  assert.equal(service.sockets.length, 2);
  service.sockets[0].open();
  service.sockets[1].open();
  await settled();
  assert.deepEqual(service.sockets[0].said, [], "what opens too late is not used");
  assert.deepEqual(service.sockets[1].said, [subscribe(1)]);
});

test("an address that the runtime refuses is a lost connection", async () => {
  const clock = new HeldClock();
  const arena = new ArenaClient({http: "http://a", websocket: "ws://a/live", clock, fetch: async () => {},
    WebSocket: class { constructor() { throw new Error("insecure"); } }});
  const watch = arena.watch(RUN);
  await clock.pass(20 * MINUTE);
  assert.match((await watch.ended).error.message, /insecure/);
});

test("too much that cannot be sent is a lost connection", async () => {
  const service = new Service();
  service.watch();
  await settled();
  service.socket.bufferedAmount = Limits.UNSENT_BYTES + 1;
  service.watch({}, OTHER);
  await service.clock.pass(SECOND);
  assert.equal(service.sockets.length, 2);
  assert.deepEqual(service.socket.said, [subscribe(1), subscribe(1, OTHER)]);
});

test("a watch may begin or stop others in what it is told", async () => {
  const service = new Service();
  const second = {};
  const first = service.watch({onState: state => {
    if (state === State.CONNECTING && first.events.length > 0) {
      first.watch.stop();
      second.told = service.watch({}, OTHER);
    }
  }});
  await settled();
  service.socket.hear(events(1));
  await settled();
  service.socket.break();
  await service.clock.pass(SECOND);
  assert.equal(service.sockets.length, 2);
  assert.deepEqual(service.socket.said, [subscribe(1, OTHER)]);
});

// ---- the limits of the gateway

test("a silent connection is pinged before it is idle for too long", async () => {
  const service = new Service();
  const told = service.watch();
  await settled();
  service.socket.hear(events(1));
  await service.clock.pass(Limits.SILENCE_MILLIS - SECOND);
  assert.deepEqual(service.socket.said, [subscribe(1)]);
  await service.clock.pass(Limits.TICK_MILLIS + SECOND);
  assert.ok(service.socket.said.some(message => message.action === "ping"));
  service.socket.hear({type: "pong"});
  await service.clock.pass(MINUTE);
  assert.equal(service.sockets.length, 1);
  assert.equal(told.watch.state, State.STREAMING);
});

test("no answer to a ping is a lost connection", async () => {
  const service = new Service();
  const told = service.watch();
  await settled();
  service.socket.hear(events(1));
  await service.clock.pass(Limits.SILENCE_MILLIS + Limits.PONG_MILLIS + 2 * Limits.TICK_MILLIS + SECOND);
  assert.ok(service.sockets[0].isClosed);
  assert.equal(service.sockets.length, 2);
  assert.deepEqual(service.socket.said, [subscribe(2)]);
  assert.equal(told.watch.state, State.STREAMING);
});

test("a run that is silent for long is subscribed to again, in case it was forgotten", async () => {
  const service = new Service();
  service.watch();
  service.watch({}, OTHER);
  await settled();
  service.socket.hear(events(1, 2));
  for (let minute = 1; minute <= 6; minute++) {
    await service.clock.pass(MINUTE);
    service.socket.hear(eventsOf(OTHER, minute));
  }
  assert.deepEqual(service.socket.said, [subscribe(1), subscribe(1, OTHER), subscribe(3)]);
});

test("a connection is replaced before the gateway ends it, without a moment's silence", async () => {
  const service = new Service();
  const told = service.watch();
  await settled();
  const [old] = service.sockets;
  for (let minute = 1; minute < 110; minute++) {
    old.hear(events(minute));
    await service.clock.pass(MINUTE);
  }
  assert.equal(service.sockets.length, 1);
  service.opens = false;
  await service.clock.pass(MINUTE + Limits.TICK_MILLIS);
  assert.equal(service.sockets.length, 2);
  old.hear(events(110));
  await settled();
  assert.equal(told.events.at(-1), 110, "the old one goes on until the new one is there");
  service.socket.open();
  await settled();
  assert.ok(old.isClosed);
  assert.deepEqual(service.socket.said, [subscribe(111)]);
  old.hear(events(111));
  service.socket.hear(events(111));
  await settled();
  assert.deepEqual(told.events, range(1, 111));
  assert.deepEqual(told.states, [State.CONNECTING, State.STREAMING]);
});

test("a replacement that fails is tried again, and the old connection goes on", async () => {
  const service = new Service();
  const told = service.watch();
  await settled();
  service.socket.hear(events(1));
  service.opens = false;
  for (let minute = 0; minute < 111; minute++) {
    await service.clock.pass(MINUTE);
    service.sockets[0].hear({type: "pong"});
  }
  assert.ok(service.sockets.length > 1);
  service.socket.break();
  assert.equal(told.watch.state, State.STREAMING);
  await service.clock.pass(Limits.LONGEST_PAUSE_MILLIS + Limits.CONNECT_MILLIS);
  const replacements = service.sockets.length;
  while (service.sockets.length === replacements) {
    await service.clock.pass(SECOND);
  }
  service.sockets[0].break(1001);
  assert.equal(told.watch.state, State.CONNECTING);
  await service.clock.pass(Limits.TICK_MILLIS + SECOND);
  service.opens = true;
  service.socket.open();
  await settled();
  assert.equal(told.watch.state, State.STREAMING);
  await service.clock.pass(Limits.SILENCE_MILLIS + 2 * Limits.TICK_MILLIS);
  assert.equal(service.sockets.length, replacements + 1, "one is enough");
  assert.ok(service.socket.said.some(message => message.action === "ping"), "and it is looked after");
  assert.deepEqual(service.socket.said[0], subscribe(2));
});

// ---- overflow

test("after an overflow the gap is read from GET /events, and nothing is lost", async () => {
  const service = new Service();
  service.kept.set(RUN, range(1, 3_000));
  const told = service.watch();
  await settled();
  service.socket.hear(overflow(1, 2_501));
  await settled();
  assert.deepEqual(told.events, range(1, 2_500), "what is in the buffer comes from there");
  assert.equal(told.watch.state, State.STREAMING);
  assert.deepEqual(service.calls.map(url => new URL(url).search),
      [[1, 1_000], [1_001, 1_000], [2_001, 500]].map(
          ([from, limit]) => `?run_id=${RUN}&from_seq=${from}&limit=${limit}`));
  assert.deepEqual(service.socket.said, [subscribe(1), subscribe(2_501)]);
  service.socket.hear(events(2_501));
  service.socket.hear(closed(2_501));
  await told.watch.ended;
  assert.deepEqual(told.events, range(1, 2_501));
  assert.deepEqual(told.lost, []);
});

test("a reader told to overflow again goes on from what it has", async () => {
  const service = new Service();
  service.kept.set(RUN, range(1, 30));
  const told = service.watch();
  await settled();
  for (const from of [11, 21, 31]) {
    service.socket.hear(overflow(from - 10, from));
    await settled();
  }
  assert.deepEqual(told.events, range(1, 30));
  assert.deepEqual(service.socket.said, [1, 11, 21, 31].map(from => subscribe(from)));
});

test("what is kept nowhere is told, to the event, and the watch goes on", async () => {
  const service = new Service();
  service.kept.set(RUN, [1, 2, 5, 6, 9]);
  const told = service.watch();
  await settled();
  service.socket.hear(overflow(1, 13));
  await service.clock.pass(MINUTE);
  assert.deepEqual(told.events, [1, 2, 5, 6, 9]);
  assert.deepEqual(told.lost, [{from: 3, to: 4}, {from: 7, to: 8}, {from: 10, to: 12}]);
  assert.deepEqual(service.socket.said.at(-1), subscribe(13));
  assert.equal(told.watch.state, State.STREAMING);
  service.socket.hear(events(13));
  await settled();
  assert.equal(told.watch.lastSeq, 13);
});

test("events that show up at a second look are not lost", async () => {
  const service = new Service();
  const told = service.watch();
  await settled();
  service.socket.hear(overflow(1, 4));
  await settled();
  service.kept.set(RUN, range(1, 3));
  await service.clock.pass(SECOND);
  assert.deepEqual(told.events, [1, 2, 3]);
  assert.deepEqual(told.lost, []);
});

test("a loss that nobody listens to is an Error, not a silent skip", async () => {
  const service = new Service();
  const told = service.watch({onLost: undefined});
  await settled();
  service.socket.hear(overflow(1, 4));
  await service.clock.pass(MINUTE);
  const {state, error, lastSeq} = await told.watch.ended;
  assert.deepEqual([state, error.code, error.from, error.to, lastSeq], [State.ERROR, "overflow", 1, 3, 0]);
});

test("a gap that cannot be read is an Error, and the loss is not claimed", async () => {
  const service = new Service();
  service.answer = () => Response.json({error: {code: "unavailable", message: "a store is away"}}, {status: 503});
  const told = service.watch();
  await settled();
  service.socket.hear(overflow(1, 4));
  await service.clock.pass(5 * MINUTE);
  const {state, error} = await told.watch.ended;
  assert.deepEqual([state, error.code], [State.ERROR, "overflow"]);
  assert.match(error.message, /a store is away; given up after 8 attempts/);
  assert.deepEqual(told.lost, []);
  assert.equal(service.calls.length, Limits.CALL_ATTEMPTS);
});

test("an overflow that brings nothing, again and again, is an Error", async () => {
  const service = new Service();
  const told = service.watch({fromSeq: 5});
  for (let i = 0; i < Limits.FRUITLESS_OVERFLOWS; i++) {
    await service.clock.pass(MINUTE);
    service.socket.hear(overflow(5, 5));
  }
  assert.equal((await told.watch.ended).error.code, "overflow");
});

test("a connection that is lost while a gap is filled resumes behind the gap", async () => {
  const service = new Service();
  service.kept.set(RUN, range(1, 20));
  let answer;
  service.answer = url => new Promise(resolve => { answer = () => resolve(service.page(url)); });
  const told = service.watch();
  await settled();
  service.socket.hear(overflow(1, 11));
  await settled();
  service.socket.break();
  await service.clock.pass(SECOND);
  assert.deepEqual(service.socket.said, [], "not before the gap is filled");
  answer();
  await settled();
  assert.deepEqual(told.events, range(1, 10));
  assert.deepEqual(service.socket.said, [subscribe(11)]);
});

test("a watch can be stopped while a gap is filled, and while it is looked for again", async () => {
  for (const answer of [() => new Promise(() => {}), undefined]) {
    const service = new Service();
    service.answer = answer ?? service.answer;
    const told = service.watch();
    await settled();
    service.socket.hear(overflow(1, 11));
    service.socket.hear(closed(20));
    await settled();
    told.watch.stop();
    assert.deepEqual(await told.watch.ended, {state: State.IDLE, lastSeq: 0});
    await settled();
    assert.equal(service.clock.waiting, 0);
    assert.deepEqual([told.lost, told.closed, told.errors], [[], [], []]);
  }
});

test("a watch that is stopped by its own reader takes no more", async () => {
  const service = new Service();
  service.kept.set(RUN, range(1, 3_000));
  const seen = [];
  const watch = service.arena.watch(RUN, {onEvents: events => { seen.push(...events); watch.stop(); }});
  await settled();
  service.socket.hear(overflow(1, 2_501));
  await settled();
  assert.equal(seen.length, Limits.PAGE_EVENTS);
  assert.equal(service.calls.length, 1);
});

// ---- a reader that takes its time

test("the next events wait for a slow reader", async () => {
  const service = new Service();
  const seen = [];
  let release;
  service.watch({onEvents: events => {
    seen.push(events.map(event => event.seq));
    return new Promise(resolve => { release = resolve; });
  }});
  await settled();
  service.socket.hear(events(1));
  service.socket.hear(events(2, 3));
  await settled();
  assert.deepEqual(seen, [[1]]);
  release();
  await settled();
  assert.deepEqual(seen, [[1], [2, 3]]);
});

test("what is too much for a slow reader is asked for again when it has caught up", async () => {
  const service = new Service();
  const seen = [];
  let release;
  service.watch({onEvents: events => {
    seen.push(...events.map(event => event.seq));
    return events[0].seq === 1 ? new Promise(resolve => { release = resolve; }) : undefined;
  }});
  await settled();
  for (let seq = 1; seq <= Limits.WAITING_MESSAGES + 10; seq++) {
    service.socket.hear(events(seq));
  }
  await settled();
  assert.deepEqual(service.socket.said, [subscribe(1), unsubscribe()]);
  release();
  await settled();
  const had = seen.length;
  assert.ok(had >= Limits.WAITING_MESSAGES);
  await service.clock.pass(SECOND);
  assert.deepEqual(service.socket.said, [subscribe(1), unsubscribe(), subscribe(had + 1)]);
  service.socket.hear(events(had + 1));
  await settled();
  assert.deepEqual(seen, range(1, had + 1));
});

test("the end of a run is not forgotten with what is too much", async () => {
  const service = new Service();
  let release;
  const told = service.watch({onEvents: events =>
    events[0].seq === 1 ? new Promise(resolve => { release = resolve; }) : undefined});
  await settled();
  service.socket.hear(events(1));
  await settled();
  for (let seq = 2; seq <= Limits.WAITING_MESSAGES + 1; seq++) {
    service.socket.hear(events(seq));
  }
  service.socket.hear(closed(Limits.WAITING_MESSAGES + 1));
  release();
  await service.clock.pass(SECOND);
  assert.deepEqual(service.socket.said.at(-1), subscribe(Limits.WAITING_MESSAGES + 2));
  service.socket.hear(closed(Limits.WAITING_MESSAGES + 1));
  assert.equal((await told.watch.ended).state, State.COMPLETE);
});

test("large messages count too", async () => {
  const service = new Service();
  service.watch({onEvents: () => new Promise(() => {})});
  await settled();
  const large = seq => {
    const message = events(seq);
    message.events[0].agent_id = "x".repeat(120 * 1024);
    return message;
  };
  for (let seq = 1; seq <= 10; seq++) {
    service.socket.hear(large(seq));
  }
  await settled();
  assert.deepEqual(service.socket.said, [subscribe(1), unsubscribe()]);

  const fast = service.watch({}, OTHER);
  for (let seq = 1; seq <= 50; seq++) {
    const message = eventsOf(OTHER, seq);
    message.events[0].agent_id = "x".repeat(120 * 1024);
    service.socket.hear(message);
    await settled();
  }
  assert.deepEqual(fast.events, range(1, 50), "but not what has been taken");
});

test("a reader that throws ends its watch, and the others go on", async () => {
  const service = new Service();
  const cause = new Error("no room");
  const told = service.watch({onEvents: () => { throw cause; }});
  const other = service.watch({}, OTHER);
  await settled();
  service.socket.hear(events(1));
  const {state, error} = await told.watch.ended;
  assert.deepEqual([state, error.code, error.cause], [State.ERROR, "consumer_failed", cause]);
  assert.deepEqual(service.socket.said.at(-1), unsubscribe());
  service.socket.hear(eventsOf(OTHER, 1));
  await settled();
  assert.deepEqual(other.events, [1]);
});

// ---- errors

test("an unknown run is an Error at once, with the service's code", async () => {
  const service = new Service();
  const told = service.watch();
  const other = service.watch({}, OTHER);
  await settled();
  service.socket.hear(refusal("unknown_run"));
  const {state, error} = await told.watch.ended;
  assert.deepEqual([state, error.code, error.message], [State.ERROR, "unknown_run", "because of unknown_run"]);
  assert.deepEqual(told.states, [State.CONNECTING, State.ERROR]);
  assert.deepEqual(told.errors.map(error => [error.code, error.final]), [["unknown_run", true]]);
  assert.equal(other.watch.state, State.CONNECTING);
});

test("what may work later is tried again, and told", async () => {
  const service = new Service();
  const told = service.watch();
  await settled();
  for (const code of ["unavailable", "internal_error", "too_many_readers", "too_many_subscriptions"]) {
    service.socket.hear(refusal(code));
    await service.clock.pass(10 * SECOND);
  }
  assert.equal(service.socket.said.length, 5);
  assert.deepEqual(told.errors.map(error => [error.code, error.final]), [
    ["unavailable", false], ["internal_error", false], ["too_many_readers", false], ["too_many_subscriptions", false]]);
  service.socket.hear(events(1));
  await settled();
  assert.deepEqual(told.events, [1]);
});

test("what never works is an Error in the end", async () => {
  const service = new Service();
  const told = service.watch();
  await settled();
  for (let i = 1; i <= Limits.SUBSCRIBE_ATTEMPTS; i++) {
    service.socket.hear(refusal("too_many_readers"));
    await service.clock.pass(30 * SECOND);
  }
  assert.equal((await told.watch.ended).error.code, "too_many_readers");
  assert.equal(told.errors.filter(error => error.final).length, 1);
});

test("refusals are counted anew when events come", async () => {
  const service = new Service();
  const told = service.watch();
  await settled();
  for (let seq = 1; seq <= 2 * Limits.SUBSCRIBE_ATTEMPTS; seq++) {
    service.socket.hear(refusal("unavailable"));
    await service.clock.pass(30 * SECOND);
    service.socket.hear(events(seq));
    await settled();
  }
  assert.equal(told.watch.state, State.STREAMING);
});

test("a watch that is stopped while it waits to subscribe does not", async () => {
  const service = new Service();
  service.watch({}, OTHER);
  const told = service.watch();
  await settled();
  service.socket.hear(refusal("unavailable"));
  told.watch.stop();
  const said = service.socket.said.length;
  await service.clock.pass(MINUTE);
  assert.equal(service.socket.said.length, said);
});

test("the gateway's own word makes everything unanswered be said again", async () => {
  const service = new Service();
  service.watch();
  service.watch({}, OTHER);
  await settled();
  service.socket.hear(eventsOf(OTHER, 1));
  for (let i = 0; i < 2; i++) {
    service.socket.hear({message: "Internal server error", connectionId: "c", requestId: "r"});
  }
  await service.clock.pass(10 * SECOND);
  assert.deepEqual(service.socket.said, [subscribe(1), subscribe(1, OTHER), subscribe(1)]);
  assert.deepEqual(service.errors.map(error => error.code), ["unavailable", "unavailable"]);
});

test("a gateway that is always too busy is an Error in the end", async () => {
  const service = new Service();
  const told = service.watch();
  await settled();
  for (let i = 0; i < Limits.CONNECTION_ATTEMPTS; i++) {
    service.socket.hear({message: "Internal server error", connectionId: "c", requestId: "r"});
    await service.clock.pass(30 * SECOND);
  }
  assert.equal((await told.watch.ended).error.code, "unavailable");
});

test("an error without a run is that of the one that waits for an answer", async () => {
  const service = new Service();
  const told = service.watch();
  const other = service.watch({}, OTHER);
  await settled();
  service.socket.hear(eventsOf(OTHER, 1));
  service.socket.hear({type: "error", code: "unknown_run", message: "no such run"});
  assert.equal((await told.watch.ended).error.code, "unknown_run");
  assert.equal(other.watch.state, State.STREAMING);
  service.socket.hear({type: "error", code: "bad_json", message: "no JSON"});
  await settled();
  assert.deepEqual(service.errors.map(error => error.code), ["bad_json"]);
});

test("what is no message of the protocol is told, and passed over", async () => {
  const service = new Service();
  service.kept.set(RUN, range(1, 9));
  const told = service.watch();
  await settled();
  service.socket.hear("no JSON");
  service.socket.hear("[]");
  service.socket.hear("null");
  service.socket.hear(" ".repeat(Limits.MESSAGE_CHARACTERS) + "{}");
  service.socket.onmessage({data: new ArrayBuffer(3)});
  assert.deepEqual(service.errors.map(error => error.code), Array(5).fill("bad_message"));
  service.socket.hear({type: "hello", run_id: RUN});
  service.socket.hear(eventsOf(OTHER, 1));
  service.socket.hear(events(1));
  await settled();
  assert.deepEqual(told.events, [1]);
});

for (const [what, message] of [
  ["no events", {type: "events", run_id: RUN}],
  ["an empty message", {type: "events", run_id: RUN, events: []}],
  ["a gap within a message", events(1, 3)],
  ["events backwards", events(2, 1)],
  ["another run's event", {...events(1), events: [envelope(1, OTHER)]}],
  ["an event without seq", {...events(1), events: [{...envelope(1), seq: "1"}]}],
  ["an overflow to nowhere", overflow(1, 0)],
  ["an end without a last event", closed(undefined)],
]) {
  test(`${what} is an Error of the watch`, async () => {
    const service = new Service();
    const told = service.watch();
    await settled();
    service.socket.hear(message);
    const {state, error} = await told.watch.ended;
    assert.deepEqual([state, error.code], [State.ERROR, "bad_message"]);
    assert.deepEqual(told.events, []);
  });
}

// ---- HTTP

test("a page of events has their very texts", async () => {
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

test("the texts are cut out of any layout", () => {
  assert.deepEqual(envelopeTexts('{"type":"events", "run_id":"events" , "events" : [ {"a":[1,{}]} , {} ],"b":[{}]}'),
      ['{"a":[1,{}]}', "{}"]);
  assert.deepEqual(envelopeTexts('{"x":{"events":[{}]},"events":[]}'), []);
  assert.deepEqual(envelopeTexts('{"x":"events","y":[{"events":[{}]}]}'), []);
});

test("a call that may work later is tried again, and Retry-After is heeded", async () => {
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

test("a call that cannot work is not tried again", async () => {
  const service = new Service();
  service.answer = () => Response.json({error: {code: "unknown_run", message: "there is no run"}}, {status: 404});
  await assert.rejects(service.arena.events(RUN), {code: "unknown_run", message: "there is no run"});
  assert.equal(service.calls.length, 1);
});

test("a call without an answer is given up, again and again, and then for good", async () => {
  const service = new Service();
  service.answer = () => new Promise(() => {});
  const page = assert.rejects(service.arena.events(RUN), {code: "unreachable"});
  await service.clock.pass(10 * MINUTE);
  await page;
  assert.equal(service.calls.length, Limits.CALL_ATTEMPTS);
  assert.equal(service.clock.waiting, 0);
});

test("a call can be called off", async () => {
  const service = new Service();
  service.answer = () => new Promise(() => {});
  const calling = new AbortController();
  const page = service.arena.events(RUN, {signal: calling.signal});
  await settled();
  calling.abort(new Error("enough"));
  await assert.rejects(page, {message: "enough"});
  assert.equal(service.clock.waiting, 0);
});

test("an answer that is too large, or is no page, is refused", async () => {
  const service = new Service();
  service.answer = () => new Response(new Uint8Array(Limits.PAGE_BYTES + 1));
  await assert.rejects(service.arena.events(RUN), {code: "bad_message"});
  for (const body of ["no JSON", "[]", "{}", '{"events":[{}],"next_from_seq":2,"status":"running"}',
    JSON.stringify({events: envelopes(1), next_from_seq: "2", status: "running"})]) {
    service.answer = () => new Response(body);
    await assert.rejects(service.arena.events(RUN), {code: "bad_message"}, body);
  }
});

// ---- payloads that are too large for a message

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

test("a payload that comes as a link is put in its place, to the byte", async () => {
  const service = new Service();
  service.answer = () => new Response(PAYLOAD);
  const got = [];
  const watch = service.arena.watch(RUN, {texts: true, onEvents: (events, texts) => got.push([events, texts])});
  await settled();
  service.socket.hear(referring(1));
  service.socket.hear(closed(1));
  assert.equal((await watch.ended).state, State.COMPLETE);
  assert.deepEqual(got, [[[JSON.parse(wholeText(1))], [wholeText(1)]]]);
  assert.deepEqual(service.calls, [reference(1).payload_url]);
});

for (const [what, answer, message = referring(1)] of [
  ["has gone", () => new Response("<Error/>", {status: 403})],
  ["may not be read", () => new TypeError("CORS")],
  ["has another text", () => new Response(PAYLOAD.replace("200.0", "201.0"))],
  ["has another kind", () => new Response('{"kind":"fork"}'),
    {...referring(1), events: [reference(1, '{"kind":"fork"}')]}],
]) {
  test(`a payload whose link ${what} is taken from GET /events`, async () => {
    const service = new Service();
    service.answer = url => url.startsWith("http://arena.example/")
      ? new Response(`{"events":[${wholeText(1)}],"next_from_seq":2,"status":"running"}`) : answer();
    const got = [];
    service.arena.watch(RUN, {texts: true, onEvents: (_, texts) => got.push(...texts)});
    await settled();
    service.socket.hear(message);
    await until(() => got.length > 0);
    service.socket.hear(message);
    await settled();
    assert.deepEqual(got, [wholeText(1)]);
    assert.equal(service.calls.length, 2, "and not again when it is sent twice");
  });
}

test("an event whose payload cannot be had is delivered with its link, and this is told", async () => {
  const service = new Service();
  service.answer = () => Response.json({error: {code: "internal_error", message: "broken"}}, {status: 400});
  const got = [];
  const told = service.watch({onEvents: events => { got.push(...events); }});
  await settled();
  service.socket.hear(referring(1));
  await until(() => got.length > 0);
  assert.deepEqual(got, [reference(1)]);
  assert.deepEqual(told.errors.map(error => [error.code, error.final]), [["payload_unavailable", false]]);
  assert.equal(told.watch.state, State.STREAMING);
});

test("links are handed over to those who want them, and can be followed later", async () => {
  const service = new Service();
  service.answer = () => new Response(PAYLOAD);
  const got = [];
  service.watch({fetchPayloads: false, onEvents: events => { got.push(...events); }});
  await settled();
  service.socket.hear(referring(1));
  await settled();
  assert.deepEqual(got, [reference(1)]);
  assert.deepEqual(service.calls, []);
  assert.deepEqual(await service.arena.whole(got[0]), {event: JSON.parse(wholeText(1)), text: undefined});
  assert.deepEqual(await service.arena.whole(envelope(2)), {event: envelope(2), text: undefined});
});
