/** Operations: the four counters and their course, replays in flight, the broker, what the reaper did. */
import {duration, quantity} from "../format.js";
import {Component, html} from "../html.js";
import {bind} from "../keys.js";
import {Icon} from "../parts/icons.js";
import {Notice, ProblemNotice, Skeleton} from "../parts/states.js";
import {Sparkline} from "../parts/sparkline.js";
import {STEPS} from "../parts/stuck-panel.js";
import {Time} from "../parts/time.js";
import {rowStatus} from "../status.js";

const POLL_MILLIS = 2_000;
/** A diagnosis asks many sources: for the broker's state, less often. */
const BROKER_MILLIS = 10_000;
/** Samples kept: ten minutes. */
const SAMPLES = 300;
/** Runs shown that ended last. */
const ENDED = 6;

const COUNTERS = [
  {name: "events_published", label: "Events published", note: "events of all runs, each once", rate: true},
  {name: "events_streamed", label: "Events streamed", note: "sent to live readers", rate: true},
  {name: "streams_dropped", label: "Streams dropped", note: "readers that fell behind", rate: false, bad: true},
  {name: "runs_open", label: "Runs open", note: "running now", rate: false, gauge: true},
];

export class OperationsView extends Component {
  state = {samples: [], replays: null, problem: null, broker: null, brokerProblem: null, brokerRun: null, ended: null};
  abort = new AbortController();
  errors = new Map();

  componentDidMount() {
    document.title = "Operations · arena";
    this.unbind = bind("Operations", [{key: "r", shown: "r", does: "read everything now", run: () => this.refresh()}]);
    this.poll();
    this.pollBroker();
  }

  componentWillUnmount() {
    this.unbind();
    this.abort.abort();
    clearTimeout(this.timer);
    clearTimeout(this.brokerTimer);
  }

  refresh() {
    clearTimeout(this.timer);
    clearTimeout(this.brokerTimer);
    this.poll();
    this.pollBroker();
  }

  poll = async () => {
    const {api, ready} = this.props;
    const {signal} = this.abort;
    try {
      if (!document.hidden) {
        const [metrics, replays] = await Promise.all([api.get("/metrics", {signal}), api.get("/replays", {signal})]);
        this.setState({samples: [...this.state.samples, {at: Date.now(), ...metrics}].slice(-SAMPLES), replays, problem: null});
        ready();
      }
    } catch (problem) {
      if (signal.aborted) {
        return;
      }
      this.setState({problem});
    }
    this.timer = setTimeout(this.poll, POLL_MILLIS);
  };

  /** The broker is seen through a run: the one that waits longest, or the newest. */
  pollBroker = async () => {
    const {api} = this.props;
    const {signal} = this.abort;
    try {
      if (!document.hidden) {
        const {rows} = await api.page("/runs?limit=20", {signal});
        const run = this.state.replays?.replays[0] ?? rows.find(row => row.status === "running") ?? rows[0];
        const ended = await Promise.all(rows.filter(row => row.status !== "running" && row.ended_at !== null)
            .sort((a, b) => a.ended_at < b.ended_at ? 1 : -1).slice(0, ENDED).map(row => this.withError(row, signal)));
        if (run === undefined) {
          this.setState({broker: null, brokerRun: null, ended});
        } else {
          const diagnosis = await api.get(`/runs/${run.run_id}/diagnosis`, {signal});
          this.setState({broker: diagnosis, brokerRun: run, brokerProblem: null, ended});
        }
      }
    } catch (problem) {
      if (signal.aborted) {
        return;
      }
      this.setState({brokerProblem: problem});
    }
    this.brokerTimer = setTimeout(this.pollBroker, BROKER_MILLIS);
  };

  /** Why a run failed is in the run itself, and never changes. */
  async withError(row, signal) {
    if (row.status !== "failed") {
      return row;
    }
    if (!this.errors.has(row.run_id)) {
      const {error} = await this.props.api.get(`/runs/${row.run_id}`, {signal});
      this.errors.set(row.run_id, error);
    }
    return {...row, error: this.errors.get(row.run_id)};
  }

  render(_, {samples, replays, problem, broker, brokerProblem, brokerRun, ended}) {
    const latest = samples.at(-1);
    const at = latest && new Date(latest.at).toISOString();
    return html`
      <div class="page operations" data-test="operations">
        <div class="page-head">
          <h1>Operations</h1>
          ${latest && html`<span class="muted small">as of <time
              datetime=${at}>${at.slice(11, 19)} UTC</time>, every ${POLL_MILLIS / 1000} s</span>`}
        </div>
        ${problem !== null && html`<${ProblemNotice} problem=${problem} onRetry=${() => this.refresh()}/>`}
        <section class="counters" aria-label="Counters">
          ${COUNTERS.map(counter => html`<${Counter} key=${counter.name} counter=${counter} samples=${samples}/>`)}
        </section>
        <section class="panel" aria-label="Replays in flight">
          <div class="panel-head"><h2>Replays in flight</h2><span
              class="muted small">longest wait first${replays?.more ? "; the oldest 100 runs" : ""}</span></div>
          ${this.replays(replays)}
        </section>
        <div class="operations-pair">
          <section class="panel" aria-label="Broker">
            <div class="panel-head"><h2>Broker</h2>${brokerRun && html`<span class="muted small clip">seen through <a
                href=${`#/runs/${brokerRun.run_id}`}><bdi>${brokerRun.label}</bdi></a></span>`}</div>
            <div class="panel-body">${this.broker(broker, brokerProblem)}</div>
          </section>
          <section class="panel" aria-label="Ended last">
            <div class="panel-head"><h2>Ended last</h2><span class="muted small clip">newest first</span></div>
            ${this.ended(ended)}
          </section>
        </div>
      </div>`;
  }

  replays(replays) {
    if (replays === null) {
      return html`<div class="panel-body"><${Skeleton} lines=${3} label="Loading the replays"/></div>`;
    }
    if (replays.replays.length === 0) {
      return html`<div class="panel-body"><${Notice} title="Nothing is running" text="Replays show here while they play."><a
          class="button" href="#/start">Start a run</a><//></div>`;
    }
    return html`
      <div class="table-scroll" tabindex="0" role="region" aria-label="Table of replays">
        <table class="table replays" data-test="replays">
          <thead><tr><th>Run</th><th>Model</th><th class="number">Turns</th><th>Waits for</th><th
              class="number">Since</th><th class="number">Attempt</th><th>Last error</th></tr></thead>
          <tbody>
            ${replays.replays.map(one => html`
              <tr key=${one.run_id}>
                <td class="cell-run"><a class="clip" href=${`#/runs/${one.run_id}`}><bdi>${one.label}</bdi></a></td>
                <td class="nowrap">${one.model}</td>
                <td class="number">${one.turns_played}/${one.n_turns}</td>
                <td class="nowrap">${one.waiting_on === null ? html`<span
                    class="muted">not known</span>` : STEPS[one.waiting_on.step] ?? one.waiting_on.step}</td>
                <td class=${`number ${one.waiting_on?.seconds > 60 ? "warn" : ""}`}>${duration(one.waiting_on?.seconds * 1000)}</td>
                <td class="number">${one.waiting_on?.attempt ?? "–"}</td>
                <td class="cell-error">${one.last_error === null ? html`<span class="muted">none</span>` : html`<a
                    class="warn" href=${`#/runs/${one.run_id}?panel=diagnosis`}
                        title=${one.last_error}><bdi>${one.last_error}</bdi></a>`}</td>
              </tr>`)}
          </tbody>
        </table>
      </div>`;
  }

  broker(diagnosis, problem) {
    if (problem !== null) {
      return html`<${ProblemNotice} problem=${problem} onRetry=${() => this.refresh()}/>`;
    }
    if (diagnosis === null) {
      return html`<p class="muted">The broker's state is read with a run's; there is none yet.</p>`;
    }
    const {broker, elasticache} = diagnosis.facts;
    const health = broker === null || broker === undefined ? {word: "not asked", tone: "waiting"}
      : broker.unreachable !== undefined ? {word: "unreachable", tone: "error"}
        : broker.loss_noted ? {word: "has lost data", tone: "error"} : {word: "healthy", tone: "complete"};
    return html`
      <dl class="pairs">
        <dt>State</dt><dd data-test="broker-health"
            class=${`tone-${health.tone}`}>${health.tone === "complete" ? html`<${Icon} name="check"/>` : html`<${Icon}
                name="warning"/>`}${health.word}</dd>
        ${pairs(broker ?? {}).map(([name, value]) => html`<dt key=${name}>${name}</dt><dd key=${`${name}d`}>${value}</dd>`)}
        ${elasticache && html`<dt>ElastiCache</dt><dd>${elasticache.unreachable ?? elasticache.status}</dd>`}
      </dl>`;
  }

  ended(rows) {
    if (rows === null) {
      return html`<div class="panel-body"><${Skeleton} lines=${3} label="Loading"/></div>`;
    }
    if (rows.length === 0) {
      return html`<div class="panel-body"><p class="muted">No run has ended yet.</p></div>`;
    }
    return html`
      <ul class="ended">
        ${rows.map(row => html`
          <li key=${row.run_id}><span class="kin-dot" data-tone=${row.status === "complete" ? "complete" : "closed"}></span>
            <a class="clip" href=${`#/runs/${row.run_id}`}><bdi>${row.label}</bdi></a>
            <span class="muted nowrap"
                title=${row.error?.message}>${row.error?.code ?? rowStatus(row).word}</span><span class="grow"></span><span
                    class="muted"><${Time} at=${row.ended_at}/></span></li>`)}
      </ul>`;
  }
}

/** What is known of the broker, which may be little. */
function pairs({unreachable, connections, max_connections: max, length, open, closed, n_readers: nReaders, readers = []}) {
  const known = [];
  if (unreachable !== undefined) {
    known.push(["Reason", unreachable]);
  }
  if (connections !== undefined) {
    known.push(["Connections", max === undefined ? quantity(connections) : `${quantity(connections)} of ${quantity(max)}`]);
  }
  if (length !== undefined) {
    known.push(["Events of this run", `${quantity(length)} buffered, ${open ? "open" : closed ? "closed" : "not open"}`]);
  }
  if (nReaders !== undefined) {
    const lag = readers.length === 0 ? "" : `, the slowest ${quantity(Math.max(...readers.map(one => one.lag)))} events behind`;
    known.push(["Readers of this run", `${quantity(nReaders)}${lag}`]);
  }
  return known;
}

function Counter({counter: {name, label, note, rate, bad, gauge}, samples}) {
  const values = samples.map(one => one[name]);
  const latest = values.at(-1);
  const course = rate ? rates(samples, name) : values;
  const remark = rate ? `${quantity(course.at(-1) ?? 0)}/s · ${note}`
    : gauge || latest === undefined ? note : `${note}; +${quantity(latest - values[0])} since opened`;
  return html`
    <div class="panel counter" data-test=${`counter-${name}`}>
      <span class="label">${label}</span>
      <span class=${`counter-value ${bad && latest > 0 ? "warn" : ""}`}>${latest === undefined ? "–" : quantity(latest)}</span>
      <${Sparkline} values=${course} label=${`${label}, the last ${samples.length} samples`}/>
      <span class="muted small">${remark}</span>
    </div>`;
}

function rates(samples, name) {
  return samples.slice(1).map((one, i) => Math.max(0, (one[name] - samples[i][name]) / Math.max(0.001, (one.at - samples[i].at) / 1000)));
}
