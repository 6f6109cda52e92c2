/** Operations: the four counters and their course, replays in flight, the broker, what the reaper did. */
import {isolateNames} from "../bidi.js";
import {count, duration, megabytes, quantity, shortId} from "../format.js";
import {Component, html} from "../html.js";
import {bind} from "../keys.js";
import {Icon} from "../parts/icons.js";
import {Sentence} from "../parts/sentence.js";
import {Notice, ProblemNotice, Skeleton} from "../parts/states.js";
import {Sparkline} from "../parts/sparkline.js";
import {STEPS} from "../parts/stuck-panel.js";
import {Time} from "../parts/time.js";
import {rowStatus} from "../status.js";

const POLL_MILLIS = 2_000;
/** The broker, the reaper and ended runs change more slowly. */
const SLOW_MILLIS = 10_000;
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

/** What the reaper does, in words for people. */
const ACTIONS = {
  abandoned: ["run without progress ended", "runs without progress ended"],
  finalizing: ["archive started", "archives started"],
  freed: ["buffer freed", "buffers freed"],
  stray_dropped: ["unknown run's keys deleted", "unknown runs' keys deleted"],
  connection_forgotten: ["closed connection deleted", "closed connections deleted"],
  reader_forgotten: ["orphaned reader deleted", "orphaned readers deleted"],
};

export class OperationsView extends Component {
  state = {samples: [], replays: null, problem: null, operations: null, slowProblem: null, ended: null};
  abort = new AbortController();

  componentDidMount() {
    document.title = "Operations · arena";
    this.unbind = bind("Operations", [{key: "r", shown: "r", does: "read everything now", run: () => this.refresh()}]);
    this.poll();
    this.pollSlow();
  }

  componentWillUnmount() {
    this.unbind();
    this.abort.abort();
    clearTimeout(this.timer);
    clearTimeout(this.slowTimer);
  }

  refresh() {
    clearTimeout(this.timer);
    clearTimeout(this.slowTimer);
    this.poll();
    this.pollSlow();
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
    clearTimeout(this.timer);
    this.timer = setTimeout(this.poll, POLL_MILLIS);
  };

  pollSlow = async () => {
    const {api} = this.props;
    const {signal} = this.abort;
    try {
      if (!document.hidden) {
        const [operations, {rows}] = await Promise.all([api.get("/operations", {signal}), api.page("/runs?limit=100", {signal})]);
        const ended = rows.filter(row => row.status !== "running" && row.ended_at !== null)
            .sort((a, b) => a.ended_at < b.ended_at ? 1 : -1).slice(0, ENDED);
        this.setState({operations, ended, slowProblem: null});
      }
    } catch (problem) {
      if (signal.aborted) {
        return;
      }
      this.setState({slowProblem: problem});
    }
    clearTimeout(this.slowTimer);
    this.slowTimer = setTimeout(this.pollSlow, SLOW_MILLIS);
  };

  render(_, {samples, replays, problem, operations, slowProblem, ended}) {
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
        ${slowProblem !== null && html`<${ProblemNotice} problem=${slowProblem} onRetry=${() => this.refresh()}/>`}
        <div class="operations-parts">
          <section class="panel" aria-label="Broker">
            <div class="panel-head"><h2>Broker</h2></div>
            <div class="panel-body">${operations === null ? html`<${Skeleton} lines=${4} label="Loading the broker's state"/>`
              : this.broker(operations.broker)}</div>
          </section>
          <section class="panel" aria-label="Reaper">
            <div class="panel-head"><h2>Reaper</h2><span class="muted small clip">every 15 minutes</span></div>
            <div class="panel-body" data-test="reaper">${operations === null ? html`<${Skeleton} lines=${4} label="Loading"/>`
              : this.reaper(operations.reaper)}</div>
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
                        title=${isolateNames(one.last_error)}><${Sentence} text=${one.last_error}/></a>`}</td>
              </tr>`)}
          </tbody>
        </table>
      </div>`;
  }

  broker(broker) {
    const available = broker.status === "available";
    return html`
      <dl class="pairs">
        <dt>State</dt><dd data-test="broker-health" class=${available ? "tone-complete" : "tone-error"}>
          <${Icon} name=${available ? "check" : "warning"}/>${broker.status}</dd>
        ${pairs(broker).map(([name, value]) => html`<dt key=${name}>${name}</dt><dd key=${`${name}d`}><${Sentence} text=${value}/></dd>`)}
      </dl>`;
  }

  reaper(last) {
    if (last === null) {
      return html`<p class="muted">It has not run yet.</p>`;
    }
    if (last.unreachable !== undefined) {
      return html`<p class="warn"><${Sentence} text=${last.unreachable}/></p>`;
    }
    const done = Object.entries(last.actions).filter(([, n]) => n > 0);
    return html`
      <dl class="pairs">
        <dt>Last run</dt><dd><${Time} at=${last.at}/></dd>
        <dt>Failures</dt><dd class=${last.failed > 0 ? "warn" : ""}>${last.failed === 0 ? "none" : `${quantity(last.failed)}, see its log`}</dd>
        <dt>Longest silence</dt><dd>${duration(last.longest_silence_seconds * 1000)}</dd>
        <dt>Actions</dt><dd>${done.length === 0 ? "nothing to do" : html`<ul>${done.map(([kind, n]) => html`
          <li key=${kind}>${ACTIONS[kind] === undefined ? `${quantity(n)} ${kind}` : count(n, ...ACTIONS[kind])}</li>`)}</ul>`}</dd>
        ${last.ended.length > 0 && html`
          <dt>Ended</dt><dd><ul>${last.ended.map(({run_id: run, reason}) => html`
            <li key=${run}><a href=${`#/runs/${run}`}>${shortId(run)}</a> <span class="muted"><${Sentence} text=${reason}/></span></li>`)}</ul></dd>`}
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
            <span class="muted nowrap">${row.error_code ?? rowStatus(row).word}</span><span class="grow"></span><span
                class="muted nowrap"><${Time} at=${row.ended_at}/></span></li>`)}
      </ul>`;
  }
}

/** What is known of the broker; little, if it does not answer. */
function pairs(broker) {
  const {
    reason, version, uptime_seconds: uptime, used_memory_bytes: used, max_memory_bytes: max, memory_policy: policy, connections,
    max_connections: most, evicted_keys: evicted, elasticache,
  } = broker;
  const known = [];
  if (reason !== undefined) {
    known.push(["Reason", reason]);
  }
  if (used !== undefined) {
    known.push(["Memory", max === undefined ? `${megabytes(used)}, no limit` : `${megabytes(used)} of ${megabytes(max)} (${Math.round(100 * used / max)} %)`]);
    known.push(["At its limit", evicted > 0 ? `${policy}, ${quantity(evicted)} keys evicted` : policy]);
    known.push(["Connections", most === undefined ? quantity(connections) : `${quantity(connections)} of ${quantity(most)}`]);
    known.push(["Redis", `${version}, up ${duration(uptime * 1000)}`]);
  }
  if (elasticache !== undefined) {
    known.push(["ElastiCache", elasticache.unreachable ?? [elasticache.status, ...elasticache.nodes].join("; ")]);
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
