/**
 * The runs in view: each is loaded once, watched while it runs, and shared by the views that show it.
 *
 * @module store
 */
import {Problem} from "./api.js";
import {clientOf} from "./live.js";
import {runStatus} from "./status.js";
import {Turns} from "./turns.js";

/** Time between reads of a running run's row. */
const ROW_MILLIS = 4_000;
/** Time without an event after which a running run is diagnosed, and between diagnoses. */
const SILENT_MILLIS = 12_000;
const DIAGNOSE_MILLIS = 10_000;
/** Attempts to read an ended run's pages are the client's; this is the time before the first read is repeated. */
const RETRY_MILLIS = 3_000;
/** Time after the end until the row is read again, because it is archived in the background. */
const SETTLE_MILLIS = [0, 1_000, 3_000, 8_000];

/** One run: its row, its turns, and the truth about its connection. */
export class RunStore {
  turns = new Turns();
  row = null;
  /** "loading", "ready", "missing" or "failed". */
  phase = "loading";
  problem = null;
  /** State of arena-client.js. */
  state = "connecting";
  error = null;
  diagnosis = null;
  /** Ranges of seq that were read from the journal after an overflow (`lost` false), or are lost. */
  gaps = [];
  wasStreaming = false;
  /** Whether live events are delayed, so that they are read from GET /events every few seconds. */
  delayed = false;
  #api;
  #runId;
  #listeners = new Set();
  #notifying = null;
  #abort = new AbortController();
  #watch = null;
  #timers = new Set();
  #lastEventAt = 0;
  #subscriptions;

  constructor(api, runId) {
    this.#api = api;
    this.#runId = runId;
    this.#subscriptions = [
      api.overflow.subscribe(gap => gap?.runId === runId && this.#mark(gap.from, gap.to, false)),
      api.reachability.subscribe(now => now === "live" && this.#resume()),
    ];
    this.#load();
  }

  get runId() {
    return this.#runId;
  }

  get isRunning() {
    return this.row?.status === "running" && !["Complete", "Closed"].includes(this.state);
  }

  get status() {
    return runStatus({...this.#facts(), nEvents: this.turns.nEvents});
  }

  /** @returns {() => void} ends the subscription; changes are reported once per frame */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Starts over after an Error or a failed load, from the first event that is missing. */
  retry() {
    this.error = this.problem = null;
    if (this.row === null) {
      this.phase = "loading";
      this.#load();
    } else {
      this.#follow();
    }
    this.#notify();
  }

  /** Reads the diagnosis now. */
  async diagnose() {
    try {
      this.diagnosis = await this.#api.get(`/runs/${this.#runId}/diagnosis`, {signal: this.#abort.signal});
    } catch (problem) {
      if (!this.#abort.signal.aborted) {
        this.#notify();
        throw problem;
      }
    }
    this.#notify();
    return this.diagnosis;
  }

  /** Reads the row now, as after a stop. */
  async refresh() {
    try {
      this.row = await this.#api.get(`/runs/${this.#runId}`, {signal: this.#abort.signal});
      this.#notify();
    } catch {
      // shown by the connection's state; the next read repeats it
    }
  }

  close() {
    this.#abort.abort();
    this.#subscriptions.forEach(unsubscribe => unsubscribe());
    this.#timers.forEach(clearTimeout);
    cancelAnimationFrame(this.#notifying);
  }

  #facts() {
    const {state, row, wasStreaming, error, diagnosis} = this;
    return {state, row, wasStreaming, error, diagnosis};
  }

  async #load() {
    try {
      this.row = await this.#api.get(`/runs/${this.#runId}`, {signal: this.#abort.signal});
    } catch (problem) {
      if (this.#abort.signal.aborted) {
        return;
      }
      this.problem = problem;
      this.phase = problem instanceof Problem && problem.status === 404 ? "missing" : "failed";
      if (this.phase === "failed" && problem.mayPass) {
        this.#later(() => this.retry(), RETRY_MILLIS);
      }
      this.#notify();
      return;
    }
    this.phase = "ready";
    this.#notify();
    this.#follow();
  }

  /**
   * Reads the events that there are, then watches a running run from there on.
   *
   * A subscription from the first event would also do, but the live buffer of a long run has dropped it, and a fast run
   * drops what follows while the gap is being filled.
   */
  async #follow() {
    this.state = "connecting";
    this.delayed = false;
    const {n_events: nEvents, status} = this.row;
    let fromSeq = this.turns.lastSeq + 1;
    try {
      while (fromSeq !== null && (status !== "running" || fromSeq <= nEvents)) {
        fromSeq = await this.#readPage(fromSeq);
      }
    } catch (error) {
      if (!this.#abort.signal.aborted) {
        this.state = "Error";
        this.error = error;
        this.#notify();
      }
      return;
    }
    if (fromSeq !== null && !this.#abort.signal.aborted) {
      this.#watchLive();
    }
    this.#notify();
  }

  /** Reads a page; returns the seq of the next, null if the run has ended with this one. */
  async #readPage(fromSeq) {
    const page = await clientOf(this.#api).events(this.#runId, {fromSeq, signal: this.#abort.signal});
    const first = page.events[0]?.seq;
    if (first !== undefined && first > fromSeq) {
      this.#mark(fromSeq, first - 1, true);
    }
    this.#add(page.events);
    if (page.nextFromSeq === null) {
      this.state = page.status === "complete" ? "Complete" : "Closed";
      if (this.row.status === "running") {
        this.#settle();
      }
    } else if (page.nextFromSeq <= fromSeq) {
      throw new Problem("bad_message", "GET /events did not advance.");
    }
    return page.nextFromSeq;
  }

  /** Watches at once when the arena answers again: the client's own next attempt may be half a minute away. */
  #resume() {
    if (this.#watch === null || this.state !== "connecting" || !this.wasStreaming) {
      return;
    }
    this.#watch.stop();
    this.#watch = null;
    // Later, so that the client drops the connection that it waits for.
    this.#later(async () => {
      await this.refresh();
      this.#follow();
    }, 0);
  }

  #watchLive() {
    this.#lastEventAt = performance.now();
    this.#watch = clientOf(this.#api).watch(this.#runId, {
      fromSeq: this.turns.lastSeq + 1,
      signal: this.#abort.signal,
      onEvents: events => {
        this.#add(events);
        this.diagnosis = null; // it moves
      },
      onState: (state, detail) => {
        this.wasStreaming ||= state === "Streaming";
        this.state = state;
        this.error = detail.error ?? null;
        if (state !== "Streaming" && state !== "connecting") {
          this.#settle();
        }
        this.#notify();
      },
      onDelayed: delayed => {
        this.delayed = delayed;
        this.#notify();
      },
      onLost: ({from, to}) => this.#mark(from, to, true),
    });
    this.#pollRow(this.#watch);
    this.#pollDiagnosis(this.#watch);
  }

  #add(events) {
    this.turns.add(events);
    this.#lastEventAt = performance.now();
    this.#notify();
  }

  #mark(from, to, lost) {
    const known = this.gaps.find(gap => gap.from <= from && to <= gap.to && gap.lost === lost);
    if (known === undefined) {
      this.gaps = [...this.gaps, {from, to, lost}];
      this.#notify();
    }
  }

  #settle() {
    SETTLE_MILLIS.forEach(millis => this.#later(() => {
      if (this.row.status === "running" || this.row.db_path === "") {
        this.refresh();
      }
    }, millis));
  }

  #pollRow(watch) {
    this.#later(async () => {
      if (this.#isLive(watch)) {
        if (!document.hidden) {
          await this.refresh();
        }
        this.#pollRow(watch);
      }
    }, ROW_MILLIS);
  }

  /** Whether this watch is the current one and has not ended. */
  #isLive(watch) {
    return watch === this.#watch && this.isRunning && this.state !== "Error";
  }

  #pollDiagnosis(watch) {
    this.#later(async () => {
      if (!this.#isLive(watch)) {
        return;
      }
      if (!document.hidden && performance.now() - this.#lastEventAt >= SILENT_MILLIS) {
        await this.diagnose().catch(() => {}); // the connection's state shows it
      }
      this.#pollDiagnosis(watch);
    }, DIAGNOSE_MILLIS);
  }

  #later(callback, millis) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#abort.signal.aborted) {
        callback();
      }
    }, millis);
    this.#timers.add(timer);
  }

  #notify() {
    if (this.#notifying === null && !this.#abort.signal.aborted) {
      // A hidden page has no frames; its state must still be true when it is shown.
      const once = () => {
        this.#notifying = null;
        [...this.#listeners].forEach(listener => listener());
      };
      this.#notifying = document.hidden ? setTimeout(once, 250) : requestAnimationFrame(once);
    }
  }
}

const opened = new WeakMap();

/** The runs of an arena that views show; forgotten when the token changes. */
export function runsOf(api) {
  let runs = opened.get(api);
  if (runs === undefined) {
    runs = new Runs(api);
    opened.set(api, runs);
    api.tokens.subscribe(() => runs.clear());
  }
  return runs;
}

/** Runs by id, kept while a view shows them, and the last few afterwards, so that going back is instant. */
class Runs {
  static KEPT = 4;
  #api;
  #entries = new Map();

  constructor(api) {
    this.#api = api;
  }

  /** Opens a run; release() when the view is left. */
  open(runId) {
    let entry = this.#entries.get(runId);
    if (entry === undefined) {
      entry = {store: new RunStore(this.#api, runId), users: 0};
    } else {
      this.#entries.delete(runId); // to the end of the order
    }
    this.#entries.set(runId, entry);
    entry.users++;
    return entry.store;
  }

  release(runId) {
    const entry = this.#entries.get(runId);
    if (entry !== undefined) {
      entry.users--;
      const unused = [...this.#entries].filter(([, {users}]) => users === 0);
      unused.slice(0, Math.max(0, unused.length - Runs.KEPT)).forEach(([id, {store}]) => {
        store.close();
        this.#entries.delete(id);
      });
    }
  }

  /** Closes all. */
  clear() {
    this.#entries.forEach(({store}) => store.close());
    this.#entries.clear();
  }
}
