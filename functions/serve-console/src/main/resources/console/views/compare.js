/** Two runs or more, aligned by turn: where they part, and what came of it. */
import {MAX_COMPARED} from "../address.js";
import {isolate} from "../bidi.js";
import {differingTurns, equal, neighbour} from "../differences.js";
import {count, cut} from "../format.js";
import {classes, Component, html} from "../html.js";
import {bind} from "../keys.js";
import {Chart} from "../parts/chart.js";
import {ScoreTable, StateTable} from "../parts/compare-tables.js";
import {Icon} from "../parts/icons.js";
import {Scrubber} from "../parts/scrubber.js";
import {Notice} from "../parts/states.js";
import {StatusBadge} from "../parts/status-badge.js";
import {Town} from "../parts/town.js";
import {Player} from "../player.js";
import {runsOf} from "../store.js";
import {describeAction} from "../world.js";

const CURVES = [
  {field: "food", title: "Food"}, {field: "wood", title: "Wood"}, {field: "population", title: "Population"},
  {field: "gold", title: "Gold", optional: true}, {field: "stone", title: "Stone", optional: true},
];

export class CompareView extends Component {
  state = {t: this.props.route.params.t ?? null, playing: false, speed: 2, choice: null};
  stores = new Map();
  player = new Player(this, () => this.range(), t => this.param({t: t ?? undefined}));

  componentDidMount() {
    document.title = "Compare · arena";
    this.unbind = bind("Compare", [
      {key: "n", shown: "n", does: "next turn at which actions differ", run: () => this.difference(1)},
      {key: "p", shown: "p", does: "previous difference", run: () => this.difference(-1)},
      ...this.player.keys(),
    ]);
    this.open();
    this.loadChoice();
  }

  componentDidUpdate(before) {
    const {params} = this.props.route;
    if (before.route.params.run.join() !== params.run.join()) {
      this.open();
      this.setState({t: params.t ?? null});
    } else if (before.route.params.t !== params.t && params.t !== (this.state.t ?? undefined)) {
      this.setState({t: params.t ?? null});
    }
  }

  componentWillUnmount() {
    this.unbind();
    this.player.close();
    this.stores.forEach(({unsubscribe}, id) => {
      unsubscribe();
      runsOf(this.props.api).release(id);
    });
  }

  /** Opens the runs of the address, and releases those that it has no more. */
  open() {
    const ids = this.props.route.params.run;
    for (const [id, {unsubscribe}] of this.stores) {
      if (!ids.includes(id)) {
        unsubscribe();
        runsOf(this.props.api).release(id);
        this.stores.delete(id);
      }
    }
    for (const id of ids) {
      if (!this.stores.has(id)) {
        const store = runsOf(this.props.api).open(id);
        this.stores.set(id, {store, unsubscribe: store.subscribe(() => this.changed())});
      }
    }
    this.changed();
  }

  changed() {
    const all = this.all();
    if (all.length < 2 || all.every(isShown)) {
      this.props.ready();
    }
    this.setState({});
  }

  async loadChoice() {
    try {
      const {rows} = await this.props.api.page("/runs?limit=100");
      this.setState({choice: rows});
      if (this.all().length < 2) {
        this.props.ready();
      }
    } catch {
      this.setState({choice: []}); // runs are also added from the list of runs
    }
  }

  label(store) {
    return store.row?.label ?? store.runId.slice(0, 8);
  }

  all() {
    return this.props.route.params.run.map(id => this.stores.get(id)?.store).filter(store => store !== undefined);
  }

  param(change) {
    const {route, go} = this.props;
    go({...route, params: {...route.params, ...change}}, {replace: true});
  }

  /** Turns from the first of any run to the last; while nothing is chosen, the newest that all of those that run have. */
  range() {
    const turns = this.all().map(store => store.turns).filter(one => one.newest !== null);
    if (turns.length === 0) {
      return null;
    }
    const first = Math.min(...turns.map(one => one.first.t));
    const last = Math.max(...turns.map(one => one.newest.t));
    const running = this.all().filter(store => store.isRunning && store.turns.newest !== null).map(store => store.turns.newest.t);
    const newest = Math.min(...(running.length > 0 ? running : turns.map(one => one.newest.t)));
    const turn = this.state.t === null ? newest : Math.max(first, Math.min(last, this.state.t));
    return {first, last, turn, step: n => turn + n};
  }

  differences() {
    const turns = this.all().map(store => store.turns);
    const version = turns.map(one => one.version).join() + this.props.route.params.run.join();
    if (this.differenceVersion !== version) {
      this.differenceVersion = version;
      this.differenceList = differingTurns(turns);
      this.markList = this.differenceList.map(t => ({t, kind: "difference", title: `actions differ in turn ${t}`}));
    }
    return this.differenceList;
  }

  difference(direction) {
    const range = this.range();
    if (range === null) {
      return;
    }
    const to = neighbour(this.differences(), range.turn, direction);
    if (to !== null) {
      this.player.pause();
      this.player.go(to);
    }
  }

  change(ids) {
    this.props.go({view: "compare", params: {run: ids, t: this.state.t ?? undefined}});
  }

  // ---- render

  render({route}, {playing, speed, t}) {
    const ids = route.params.run;
    const stores = this.all();
    const range = this.range();
    const differences = this.differences();
    return html`
      <div class="compare">
        <div class="toolbar compare-runs">
          <h1>Compare</h1>
          ${stores.map((store, i) => this.chip(store, i, ids))}
          ${ids.length < MAX_COMPARED && this.adder(ids)}
        </div>
        ${ids.length < 2 ? this.chooser(ids) : range === null ? this.nothing(stores) : html`
          ${this.forks(stores)}
          ${this.differenceBar(stores, differences, range)}
          <div class=${classes("compare-columns", stores.length === 2 && "two")}>
            ${stores.map((store, i) => this.column(store, i, range.turn, stores))}
          </div>
          <section class="panel compare-curves" aria-label="Curves">${this.curves(stores, range)}</section>
          <div class="compare-tables">
            <${StateTable} stores=${stores} t=${range.turn}/>
            <${ScoreTable} stores=${stores}/>
          </div>
          <div class="run-foot">
            <${Scrubber} ...${range} following=${t === null} canFollow=${stores.some(store => store.isRunning)}
                playing=${playing} speed=${speed}
              marks=${this.markList} onTurn=${next => {
                this.player.pause();
                this.player.go(next);
              }} onPlay=${this.player.toggle} onSpeed=${value => this.setState({speed: value})} onFollow=${this.player.toggleFollow}/>
          </div>`}
      </div>`;
  }

  chip(store, i, ids) {
    return html`
      <span key=${store.runId} class="run-chip" data-test="compare-run">
        <span class=${`series-dot series-${i + 1}`}></span>
        <a class="clip" href=${`#/runs/${store.runId}${this.state.t === null ? "" : `?t=${this.state.t}`}`}><bdi>${this.label(store)}</bdi></a>
        ${store.phase === "missing" ? html`<span class="warn">unknown run</span>` : html`<${StatusBadge}
            status=${store.status} test="run-status"/>`}
        <button class="undo" aria-label=${`Remove ${store.row?.label ?? store.runId}`}
            onClick=${() => this.change(ids.filter(id => id !== store.runId))}><${Icon} name="cross"/></button>
      </span>`;
  }

  adder(ids) {
    const {choice} = this.state;
    return html`
      <select class="input run-adder" aria-label="Add a run" data-test="compare-add" value=""
          onChange=${event => event.target.value && this.change([...ids, event.target.value])}>
        <option value="">Add a run…</option>
        ${(choice ?? []).filter(row => !ids.includes(row.run_id)).map(row => html`
          <option key=${row.run_id} value=${row.run_id}>${isolate(cut(row.label, 48))} (${row.run_id.slice(0, 8)})</option>`)}
      </select>`;
  }

  chooser(ids) {
    return html`
      <div class="compare-empty"><${Notice} test="compare-empty"
          title=${ids.length === 0 ? "Choose two runs or more" : "Choose one more run"}
        text="Pick them above, or select rows in the list of runs. A fork and its parent show best where they part.">
        <a class="button primary" href="#/">Select in the list</a>
      <//></div>`;
  }

  nothing(stores) {
    const problem = stores.find(store => store.phase === "failed" || store.phase === "missing");
    return html`<div class="compare-empty"><${Notice}
        title=${problem ? "These runs cannot be shown" : "Waiting for the first turn"}
      text=${problem ? "One of them is unknown or cannot be read." : "The towns appear here as soon as they are known."}>
      ${problem && html`<button class="button"
          onClick=${() => stores.forEach(store => store.phase === "failed" && store.retry())}>Try again</button>`}
    <//></div>`;
  }

  /** What was changed at the forks among these runs. */
  forks(stores) {
    const forks = stores.map((store, i) => ({store, i, turn: store.turns.first})).filter(({turn}) => turn?.fork);
    return forks.length === 0 ? null : html`
      <ul class="compare-forks">
        ${forks.map(({store, i, turn}) => html`
          <li key=${store.runId}><span class=${`series-dot series-${i + 1}`}></span>
            <span class="nowrap">forked at <button class="link"
                onClick=${() => this.player.go(turn.t)}>turn ${turn.t}</button>${
              stores.some(other => other.runId === turn.fork.parent_run_id) ? "" : ` of ${turn.fork.parent_run_id.slice(0, 8)}`}:</span>
            <bdi class="change-text">${turn.fork.mutation_summary === "" ? "no change of the town" : turn.fork.mutation_summary}</bdi>
            ${turn.mutation?.reason && html`<span class="muted clip"
                title=${turn.mutation.reason}>“<bdi>${turn.mutation.reason}</bdi>”</span>`}
          </li>`)}
      </ul>`;
  }

  differenceBar(stores, differences, {turn}) {
    const next = neighbour(differences, turn, 1);
    const previous = neighbour(differences, turn, -1);
    const here = differences.includes(turn);
    const running = stores.some(store => store.isRunning);
    return html`
      <div class=${classes("difference-bar", here && "here")} data-test="differences">
        ${differences.length === 0
          ? html`<span>Actions are the same in all turns that these runs share${running ? ", so far" : ""}.</span>`
          : html`
            <span>First difference: <button class="link" data-test="compare-first-difference"
                onClick=${() => this.player.go(differences[0])}>turn ${differences[0]}</button></span>
            <span class="muted">${count(differences.length, "differing turn")}</span>
            ${here && html`<span class="here-mark"><${Icon} name="warning"/>actions differ here</span>`}`}
        <span class="grow"></span>
        <button class="button compact" disabled=${previous === null} data-test="compare-previous-difference" title="P"
            onClick=${() => this.difference(-1)}><${Icon} name="back"/>Previous</button>
        <button class="button compact" disabled=${next === null} data-test="compare-next-difference" title="N"
            onClick=${() => this.difference(1)}>Next difference<${Icon} name="next"/></button>
      </div>`;
  }

  column(store, i, t, stores) {
    const turn = store.turns.at(t);
    const others = stores.filter(one => one !== store).map(one => one.turns.at(t)).filter(one => one?.response);
    return html`
      <section key=${store.runId} class=${`panel compare-column series-border-${i + 1}`}
          aria-label=${`${i + 1}: ${isolate(store.row?.label ?? "run")} at turn ${t}`}>
        <div class="panel-head"><h2 class="clip"><span
            class=${`series-dot series-${i + 1}`}></span><bdi>${store.row?.label ?? ""}</bdi></h2>
          <span class="muted nowrap">${turn?.state ? turn.state.age : ""}</span></div>
        ${turn === null || turn.state === null ? html`<${Absent} store=${store} t=${t}/>` : html`
          <div class="column-body">
          <div class="town-frame"><${Town} state=${turn.state}
              label=${`${isolate(store.row?.label)} at turn ${t}`} plain/></div>
          <div class="column-actions">
            ${turn.response === null ? html`<p
                class="muted">${store.isRunning && turn === store.turns.newest ? "Waiting for the model." : "No action: this is the state at the end."}</p>` : html`
              ${turn.actions.length === 0 && html`<p class="muted">No action.</p>`}
              <ol>
                ${[...turn.actions].map((action, n) => {
                  const differs = others.some(other => !isSame(other.actions.at(n), action));
                  const {name, effect} = describeAction(action.action, this.props.deployment.rules);
                  return html`
                    <li key=${action.seq} class=${classes("column-action", differs && "differs")}>
                      <span class="differs-mark" aria-hidden="true">${differs ? "≠" : ""}</span>
                      <span><bdi>${cut(name, 200)}</bdi> <span
                          class="muted">${action.changed === false ? "no effect" : effect}</span>${differs && html`<span
                              class="sr-only"> (differs)</span>`}</span>
                    </li>`;
                })}
              </ol>
              ${turn.response.reasoning && html`<details class="reasoning" open><summary>Reasoning</summary><div
                  class="model-text" dir="auto">${cut(turn.response.reasoning, 20_000)}</div></details>`}`}
          </div>
          </div>`}
      </section>`;
  }

  curves(stores, {turn}) {
    const columns = this.columns(stores);
    const series = stores.map((store, i) => ({label: this.label(store), color: `--run-${i + 1}`, width: i === 0 ? 1.5 : 2, dash: DASHES[i]}));
    const labels = new Set(series.map(one => one.label));
    if (labels.size < series.length) {
      series.forEach((one, i) => { one.label = `${isolate(one.label)} (${stores[i].runId.slice(0, 4)})`; });
    }
    const running = stores.filter(store => store.isRunning).map(store => store.row.t0 + store.row.n_turns);
    const isUsed = field => columns[field].slice(1).some(values => values.some(value => value > 0));
    return CURVES.filter(one => !one.optional || isUsed(one.field)).map(({field, title}) => html`
      <${Chart} key=${field} title=${title} series=${series} columns=${columns[field]} unnamed
          version=${this.columnsVersion} turn=${turn} marks=${this.markList}
        to=${running.length > 0 ? Math.max(...running) : undefined} syncKey="compare" onTurn=${this.player.go}/>`);
  }

  /** Columns of each field over the union of all turns, made once for each change. */
  columns(stores) {
    const version = stores.map(store => `${store.runId}:${store.turns.version}`).join();
    if (this.columnsVersion !== version) {
      this.columnsVersion = version;
      const all = stores.flatMap(store => store.turns.list.filter(turn => turn.state !== null).map(turn => turn.t));
      const ts = [...new Set(all)].sort((a, b) => a - b);
      this.columnsByField = Object.fromEntries(CURVES.map(({field}) =>
        [field, [ts, ...stores.map(store => ts.map(t => store.turns.at(t)?.state?.[field] ?? null))]]));
    }
    return this.columnsByField;
  }
}

/** Whether a run's view can be compared, or never will. */
function isShown({phase, state, turns}) {
  return phase !== "loading" && (phase !== "ready" || turns.newest !== null || state !== "connecting");
}

function isSame(one, other) {
  return one !== undefined && one.changed === other.changed && equal(one.action, other.action);
}

const DASHES = [[5, 3], undefined, [8, 3], [2, 3], [9, 3, 2, 3], [4, 2]];

function Absent({store, t}) {
  const {turns} = store;
  if (store.phase === "missing") {
    return html`<${Notice} title="There is no such run"/>`;
  }
  if (turns.newest === null) {
    return html`<${Notice} title="Waiting for the first turn"/>`;
  }
  if (t < turns.first.t) {
    return html`<${Notice} title="Not forked yet" text=${`This run begins at turn ${turns.first.t}.`}/>`;
  }
  return html`<${Notice} title=${store.isRunning ? "Not there yet" : "Ended"}
      text=${`Its ${store.isRunning ? "newest" : "last"} turn is ${turns.newest.t}.`}/>`;
}
