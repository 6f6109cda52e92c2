// Tests of the client library with a running stack. JavaScriptClientTest runs this file; its server at ARENA_STAGE
// controls the turns of runs for the tests.

import assert from "node:assert/strict";
import {once} from "node:events";
import net from "node:net";
import {test} from "node:test";

import {ArenaClient, State} from "../../../../../functions/stream-events/client/arena-client.js";

const HTTP = process.env.ARENA_HTTP;
const WEBSOCKET = process.env.ARENA_WEBSOCKET;
const STAGE = process.env.ARENA_STAGE;
const TOKEN = process.env.ARENA_TOKEN || undefined;
const AUTHORIZATION = TOKEN ? {authorization: `Bearer ${TOKEN}`} : {};
const BOUND = {timeout: 60_000};
/** Events that a controlled run starts with. */
const INITIAL_EVENTS = 3;

// ---- fixture

async function startRun(body) {
  const response = await fetch(`${HTTP}/runs`, {
    method: "POST", headers: {"content-type": "application/json", ...AUTHORIZATION}, body: JSON.stringify(body)});
  assert.equal(response.status, 202);
  return (await response.json()).run_id;
}

/** Starts a run whose turns are played on request. */
async function liveRun() {
  const act = async (...path) => {
    const response = await fetch([STAGE, ...path].join("/"), {method: "POST"});
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return text;
  };
  const id = await act("start");
  return {
    id,
    play: () => act("play", id),
    trim: firstKept => act("trim", id, firstKept),
    fail: () => act("fail", id),
  };
}

/** Watches a run and records its callbacks; `have(count)` resolves when so many events were delivered. */
function watch(arena, runId, options = {}) {
  const seen = {texts: [], events: [], states: [], lost: [], waiting: []};
  seen.watch = arena.watch(runId, {
    texts: true,
    onEvents: (events, texts) => {
      seen.events.push(...events);
      seen.texts.push(...texts);
      seen.waiting = seen.waiting.filter(({count, resolve}) => seen.texts.length < count || resolve());
    },
    onState: state => seen.states.push(state),
    onLost: range => seen.lost.push(range),
    ...options,
  });
  seen.have = count => new Promise(resolve => {
    seen.waiting.push({count, resolve: () => { resolve(); return false; }});
    seen.waiting = seen.waiting.filter(one => seen.texts.length < one.count || one.resolve());
  });
  return seen;
}

/** Asserts that each event was delivered once, with the bytes of GET /events. */
async function assertAll(runId, seen) {
  const response = await fetch(`${HTTP}/events?run_id=${runId}`, {headers: AUTHORIZATION});
  const body = await response.text();
  const all = `{"events":[${seen.texts.join(",")}],"next_from_seq":null,`;
  assert.equal(body.slice(0, all.length), all);
  assert.deepEqual(seen.events, JSON.parse(body).events);
  assert.deepEqual(seen.events.map(event => event.seq), seen.events.map((_, i) => i + 1));
  assert.deepEqual(seen.lost, []);
}

/** Starts a proxy in front of the stack that can cut connections and reject new ones. */
async function cuttableProxy() {
  const {hostname, port, pathname} = new URL(WEBSOCKET);
  const sockets = new Set();
  let isCut = false;
  const proxy = {connections: 0};
  const server = net.createServer(client => {
    if (isCut) {
      client.destroy();
      return;
    }
    proxy.connections++;
    const service = net.connect(Number(port), hostname);
    for (const [from, to] of [[client, service], [service, client]]) {
      sockets.add(from);
      from.on("data", data => to.write(data));
      from.on("error", () => {}); // cut
      from.on("close", () => { sockets.delete(from); to.destroy(); });
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  proxy.websocket = `ws://127.0.0.1:${server.address().port}${pathname}`;
  proxy.cut = () => { isCut = true; sockets.forEach(socket => socket.destroy()); };
  proxy.restore = () => { isCut = false; };
  proxy.close = () => { proxy.cut(); server.close(); };
  return proxy;
}

function client(websocket = WEBSOCKET) {
  return new ArenaClient({http: HTTP, websocket, token: TOKEN});
}

// ---- the tests

let finished;

test("delivers a live run from its first event to its end", BOUND, async () => {
  finished = await startRun({n_turns: 20});
  const seen = watch(client(), finished);
  const {state, status, lastSeq} = await seen.watch.ended;
  assert.deepEqual([state, status, lastSeq], [State.COMPLETE, "complete", seen.events.length]);
  assert.ok(seen.events.length > 80);
  assert.deepEqual(seen.states, [State.CONNECTING, State.STREAMING, State.COMPLETE]);
  await assertAll(finished, seen);
});

test("delivers a finished run from the archive", BOUND, async () => {
  const seen = watch(client(), finished);
  assert.equal((await seen.watch.ended).state, State.COMPLETE);
  await assertAll(finished, seen);
});

test("delivers every event once when the connection is cut twice", BOUND, async () => {
  const network = await cuttableProxy();
  const run = await liveRun();
  const seen = watch(client(network.websocket), run.id);
  await seen.have(INITIAL_EVENTS);
  for (let turn = 0; turn < 2; turn++) {
    network.cut();
    await run.play();
    network.restore();
    await run.play();
    await seen.have(INITIAL_EVENTS + 2 * turn + 2);
  }
  await run.fail();
  const {state, status} = await seen.watch.ended;
  assert.deepEqual([state, status], [State.CLOSED, "failed"]);
  assert.equal(network.connections, 3);
  await assertAll(run.id, seen);
  network.close();
});

test("reads the events that the buffer dropped from GET /events", BOUND, async () => {
  const run = await liveRun();
  await run.play();
  await run.trim(5);
  const seen = watch(client(), run.id);
  await seen.have(5);
  await run.play();
  await run.fail();
  await seen.watch.ended;
  await assertAll(run.id, seen);
});

test("misses no event when the buffer is trimmed during a disconnect", BOUND, async () => {
  const network = await cuttableProxy();
  const run = await liveRun();
  const seen = watch(client(network.websocket), run.id);
  await seen.have(INITIAL_EVENTS);
  network.cut();
  await run.play();
  await run.play();
  await run.trim(INITIAL_EVENTS + 4);
  network.restore();
  await seen.have(INITIAL_EVENTS + 4);
  await run.play();
  await run.fail();
  await seen.watch.ended;
  assert.deepEqual(seen.states, [State.CONNECTING, State.STREAMING, State.CONNECTING, State.STREAMING, State.CLOSED]);
  await assertAll(run.id, seen);
  network.close();
});

test("watches many runs over one connection, unaffected by an unknown run", BOUND, async () => {
  const network = await cuttableProxy();
  const arena = client(network.websocket);
  const runs = await Promise.all(Array.from({length: 4}, () => startRun({n_turns: 2})));
  const all = runs.map(run => watch(arena, run));
  const {state, error} = await watch(arena, "0".repeat(32)).watch.ended;
  assert.deepEqual([state, error.code], [State.ERROR, "unknown_run"]);
  for (const [i, seen] of all.entries()) {
    assert.equal((await seen.watch.ended).state, State.COMPLETE);
    await assertAll(runs[i], seen);
  }
  assert.equal(network.connections, 1);
  network.close();
});

test("rejects a seq beyond the run's next seq", BOUND, async () => {
  const {state, error} = await watch(client(), finished, {fromSeq: 10_000}).watch.ended;
  assert.deepEqual([state, error.code], [State.ERROR, "invalid_field"]);
});

test("delivers a large payload, or a link that can be resolved", BOUND, async () => {
  const run = await startRun({n_turns: 1, profile: {model: "openai:long-answer"}});
  const arena = client();
  const seen = watch(arena, run);
  assert.equal((await seen.watch.ended).state, State.COMPLETE);
  await assertAll(run, seen);

  const links = watch(arena, run, {fetchPayloads: false});
  await links.watch.ended;
  const referring = links.events.findIndex(event => event.payload_url !== undefined);
  assert.notEqual(referring, -1);
  assert.deepEqual(
      await arena.withPayload(links.events[referring], {text: links.texts[referring]}),
      {event: seen.events[referring], text: seen.texts[referring]});
});
