/** The runs: newest first, live, filtered by the address, one window of a long list at a time. */
import {compareAddress, format, MAX_COMPARED} from "../address.js";
import {classes, Component, createRef, html} from "../html.js";
import {bind} from "../keys.js";
import {Icon} from "../parts/icons.js";
import {RunRow} from "../parts/run-row.js";
import {Notice, ProblemNotice, Skeleton} from "../parts/states.js";
import {Welcome} from "../parts/welcome.js";
import {RunningScores} from "../running-scores.js";
import {fixedWindow} from "../windows.js";

const POLL_MILLIS = 1_000;
const PAGE = 50;
/** Rows kept; the list ends there with a hint to filter. */
const MAX_ROWS = 20_000;
/** Running rows below the newest page that are read again in one poll. */
const REFRESHED = 8;
const TYPING_MILLIS = 250;
/** Time between reads of the events of running rows. */
const SCORES_MILLIS = 3_000;
/** Height of the row of headings, which stays in view. */
const HEAD = 32;
/** Up to so many runs, the page also says what this is. */
const FIRST_VISIT = 3;

const STATUSES = [
  {value: undefined, label: "All"},
  {value: "running", label: "Streaming"},
  {value: "complete", label: "Complete"},
  {value: "failed", label: "Closed"},
];

export class RunsView extends Component {
  state = {rows: null, next: null, waiting: [], problem: null, selected: new Set(), scrollTop: 0, viewport: 800, height: 44};
  scroller = createRef();
  abort = new AbortController();
  scores = new RunningScores(this.props.api);

  componentDidMount() {
    document.title = "Runs · arena";
    this.unbind = bind("Runs", [
      {key: "ArrowDown", shown: "↓", does: "next run", run: () => this.move(1)},
      {key: "j", shown: "j", does: "next run", run: () => this.move(1)},
      {key: "ArrowUp", shown: "↑", does: "previous run", run: () => this.move(-1)},
      {key: "k", shown: "k", does: "previous run", run: () => this.move(-1)},
      {key: "Enter", shown: "↵", does: "open the run", run: () => this.move(0)},
      {key: "x", shown: "x", does: "select the run for a comparison", run: () => this.toggle(this.focusedId())},
      {key: "c", shown: "c", does: "compare the selected runs", run: () => this.compare()},
    ]);
    this.resized = new ResizeObserver(() => this.measure());
    this.reload();
    addEventListener("online", this.poll);
    document.addEventListener("visibilitychange", this.poll);
  }

  componentDidUpdate(before) {
    if (format(before.route) !== format(this.props.route)) {
      this.abort.abort();
      this.abort = new AbortController();
      this.setState({rows: null, next: null, waiting: [], scrollTop: 0});
      this.reload();
    }
    if (this.scroller.current !== null && this.observed !== this.scroller.current) {
      this.resized.disconnect();
      this.observed = this.scroller.current;
      this.resized.observe(this.observed);
      this.measure();
    }
  }

  componentWillUnmount() {
    this.unbind();
    this.abort.abort();
    this.resized.disconnect();
    clearTimeout(this.timer);
    clearTimeout(this.typing);
    removeEventListener("online", this.poll);
    document.removeEventListener("visibilitychange", this.poll);
  }

  measure() {
    if (this.scroller.current === null) {
      return; // the list has just given way to another state
    }
    const viewport = this.scroller.current.clientHeight;
    const height = matchMedia("(max-width: 899px)").matches ? 72 : 44;
    if (viewport !== this.state.viewport || height !== this.state.height) {
      this.setState({viewport, height});
    }
  }

  // ---- data

  firstPage() {
    const {status, text, parent} = this.props.route.params;
    const query = new URLSearchParams({limit: PAGE});
    Object.entries({status, text, parent_run_id: parent}).forEach(([name, value]) => value && query.set(name, value));
    return `/runs?${query}`;
  }

  async reload() {
    const {signal} = this.abort;
    try {
      const {rows, next} = await this.props.api.page(this.firstPage(), {signal});
      this.setState({rows, next, problem: null});
      this.props.ready();
    } catch (problem) {
      if (signal.aborted) {
        return;
      }
      this.setState({problem});
    }
    this.schedule();
  }

  schedule() {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.poll, POLL_MILLIS);
  }

  poll = async () => {
    clearTimeout(this.timer);
    if (document.hidden) {
      return; // visibilitychange polls again
    }
    if (this.state.rows === null) {
      this.reload();
      return;
    }
    const {signal} = this.abort;
    try {
      const {rows, next} = await this.props.api.page(this.firstPage(), {signal});
      const below = await this.refreshed(rows, signal);
      this.merge(rows, next, below);
      this.readScores(signal);
    } catch (problem) {
      if (signal.aborted) {
        return;
      }
      this.setState({problem});
    }
    this.schedule();
  };

  /** Score and cost of the running rows in view, of which the rows have neither. */
  async readScores(signal) {
    const now = Date.now();
    if (now - (this.scoresAt ?? 0) < SCORES_MILLIS) {
      return;
    }
    this.scoresAt = now;
    const {rows, height, scrollTop, viewport} = this.state;
    const {from, to} = fixedWindow({count: rows.length, height, scrollTop, viewport, overscan: 0});
    await this.scores.read(rows.slice(from, to).filter(row => row.status === "running"), {signal});
    if (!signal.aborted) {
      this.setState({});
    }
  }

  /** Running rows that the newest page does not have: read one by one, in turns. */
  async refreshed(page, signal) {
    const inPage = new Set(page.map(row => row.run_id));
    const running = this.state.rows.filter(row => row.status === "running" && !inPage.has(row.run_id));
    this.turn = ((this.turn ?? 0) + REFRESHED) % Math.max(1, running.length);
    const some = [...running.slice(this.turn), ...running.slice(0, this.turn)].slice(0, REFRESHED);
    const rows = await Promise.all(some.map(row =>
      this.props.api.get(`/runs/${row.run_id}`, {signal}).catch(() => row)));
    const {status} = this.props.route.params;
    return rows.map(row => ({...row, gone: status !== undefined && row.status !== status}));
  }

  /** Takes the newest page in; nothing moves under a reader who has scrolled down. */
  merge(page, next, below) {
    const known = new Set(this.state.rows.map(row => row.run_id));
    if (page.length > 0 && this.state.rows.length > 0 && !page.some(row => known.has(row.run_id))) {
      this.setState({rows: page, next, waiting: [], problem: null}); // too much has happened to join
      return;
    }
    const fresh = new Map([...below, ...page].map(row => [row.run_id, row]));
    const oldest = page.at(-1)?.created_at ?? "9";
    const inPage = new Set(page.map(row => row.run_id));
    const kept = this.state.rows
        .filter(row => inPage.has(row.run_id) || next !== null && row.created_at <= oldest)
        .map(row => fresh.get(row.run_id) ?? row)
        .filter(row => !row.gone);
    const added = page.filter(row => !known.has(row.run_id));
    if (this.state.scrollTop > this.state.height && added.length > 0) {
      this.setState({rows: kept, waiting: added, problem: null});
    } else {
      this.setState({
        rows: [...added, ...kept].sort((a, b) => a.created_at < b.created_at ? 1 : a.created_at > b.created_at ? -1 : 0),
        waiting: [], problem: null, next: next === null ? null : this.state.next,
      });
    }
  }

  showWaiting = () => {
    this.scroller.current.scrollTo({top: 0});
    this.setState({rows: [...this.state.waiting, ...this.state.rows], waiting: [], scrollTop: 0});
  };

  async more() {
    const {rows, next} = this.state;
    if (this.loadingMore || next === null || rows.length >= MAX_ROWS) {
      return;
    }
    this.loadingMore = true;
    const {signal} = this.abort;
    try {
      const page = await this.props.api.page(next, {signal});
      const known = new Set(this.state.rows.map(row => row.run_id));
      this.setState({rows: [...this.state.rows, ...page.rows.filter(row => !known.has(row.run_id))], next: page.next});
    } catch (problem) {
      if (!signal.aborted) {
        this.setState({problem});
      }
    } finally {
      this.loadingMore = false;
    }
  }

  // ---- actions

  filter(change, options) {
    this.props.go({view: "runs", params: {...this.props.route.params, ...change}}, options);
  }

  typed = event => {
    const text = event.target.value.trim();
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.filter({text}, {replace: true}), TYPING_MILLIS);
  };

  focusedId() {
    return document.activeElement?.closest("[data-run]")?.dataset.run;
  }

  move(step) {
    const {rows, height, viewport} = this.state;
    if (rows === null || rows.length === 0) {
      return;
    }
    const at = rows.findIndex(row => row.run_id === this.focusedId());
    const to = at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + step));
    const list = this.scroller.current;
    if (to * height < list.scrollTop) {
      list.scrollTop = to * height;
    } else if ((to + 1) * height + HEAD > list.scrollTop + viewport) {
      list.scrollTop = (to + 1) * height + HEAD - viewport;
    }
    this.setState({scrollTop: list.scrollTop}, () => list.querySelector(`[data-run="${rows[to].run_id}"] a`)?.focus());
  }

  toggle(id) {
    if (id === undefined) {
      return;
    }
    const selected = new Set(this.state.selected);
    if (!selected.delete(id) && selected.size < MAX_COMPARED) {
      selected.add(id);
    }
    this.setState({selected});
  }

  compare() {
    if (this.state.selected.size >= 2) {
      // The older first: it is the muted series.
      const order = this.state.rows.map(row => row.run_id);
      const ids = [...this.state.selected].sort((a, b) => order.indexOf(b) - order.indexOf(a));
      location.hash = compareAddress(ids);
    }
  }

  // ---- render

  render({route, api, deployment, go}, {rows}) {
    const {status, text, parent} = route.params;
    const filtered = Boolean(status || text || parent);
    if (rows !== null) {
      // As long as the view is shown: what a visitor starts there makes rows.
      this.isFirstVisit ??= rows.length <= FIRST_VISIT && this.state.next === null && !filtered;
    }
    const welcomes = this.isFirstVisit === true && !filtered;
    const isEmpty = welcomes && rows?.length === 0;
    return html`
      <div class=${classes("runs", welcomes && "first-visit")}>
        ${welcomes && html`<${Welcome} api=${api} deployment=${deployment} rows=${rows ?? []} go=${go}/>`}
        ${!isEmpty && this.toolbar()}
        ${!isEmpty && this.list(filtered)}
      </div>`;
  }

  toolbar() {
    const {route: {params: {status, text, parent}}, deployment} = this.props;
    const {selected} = this.state;
    return html`
      <div class="toolbar">
        <h1>Runs</h1>
        <div class="search-field">
          <${Icon} name="search"/>
          <input class="input" type="search" maxlength=${deployment.limits.max_label ?? 100} placeholder="Part of a label"
              aria-label="Search labels"
            data-search data-test="runs-search" value=${text ?? ""} onInput=${this.typed}/>
          <kbd class="key-hint">/</kbd>
        </div>
        <div class="segments" role="group" aria-label="Status" data-test="runs-status">
          ${STATUSES.map(one => html`
            <button key=${one.label} aria-pressed=${String(status === one.value)}
                data-test=${`runs-status-${one.value ?? "all"}`}
              onClick=${() => this.filter({status: one.value})}>${one.label}</button>`)}
        </div>
        ${parent && html`
          <button class="button compact" onClick=${() => this.filter({parent: undefined})}
              aria-label="Show all runs, not only children">
            children of ${parent.slice(0, 8)} <${Icon} name="cross"/>
          </button>`}
        <span class="grow"></span>
        ${selected.size > 0 && html`
          <button class="button" data-test="runs-compare" disabled=${selected.size < 2} onClick=${() => this.compare()}>
            <${Icon} name="compare"/>${selected.size < 2 ? "Select one more" : `Compare ${selected.size}`}
          </button>`}
        <a class="button primary" href="#/start" data-test="start-open"><${Icon} name="plus"/>Start a run</a>
      </div>`;
  }

  list(filtered) {
    const {rows, problem, selected, waiting} = this.state;
    if (rows === null) {
      return problem === null ? html`<div class="runs-empty"><${Skeleton} lines=${10} label="Loading the runs"/></div>`
        : html`<div class="runs-empty"><${ProblemNotice} problem=${problem} onRetry=${() => this.reload()}/></div>`;
    }
    if (rows.length === 0 && this.state.next === null) {
      return html`
        <div class="runs-empty"><${Notice} title="No run matches" text="Labels are searched for any part of their text."
            test="runs-none">
          ${filtered && html`<button class="button" onClick=${() => this.props.go({view: "runs"})}>Show all runs</button>`}
        <//></div>`;
    }
    const {scrollTop, viewport, height, next} = this.state;
    const {from, to} = fixedWindow({count: rows.length, height, scrollTop, viewport});
    if (next !== null && to > rows.length - PAGE / 2) {
      queueMicrotask(() => this.more());
    }
    return html`
      <div class="runs-table" role="table" aria-label="Runs" aria-rowcount=${next === null ? rows.length + 1 : -1}
          data-test="runs-list">
        ${waiting.length > 0 && html`
          <button class="button primary compact runs-waiting" data-test="runs-new" onClick=${this.showWaiting}>
            ${waiting.length} new ${waiting.length === 1 ? "run" : "runs"}
          </button>`}
        <div class="runs-body" role="rowgroup" ref=${this.scroller} tabindex="-1"
            onScroll=${event => this.setState({scrollTop: event.currentTarget.scrollTop})}>
          <div class="run-row runs-head" role="row" aria-rowindex="1">
            <span role="columnheader"><span class="sr-only">Select</span></span>
            <span role="columnheader">Status</span>
            <span role="columnheader">Label</span>
            <span role="columnheader">Profile</span>
            <span role="columnheader">Turns</span>
            <span role="columnheader">Score</span>
            <span role="columnheader" class="number">Cost</span>
            <span role="columnheader" class="number">Started</span>
          </div>
          <div class="runs-spacer" role="presentation" style=${{height: `${rows.length * height}px`}}>
            <div class="runs-window" role="presentation" style=${{transform: `translateY(${from * height}px)`}}>
              ${rows.slice(from, to).map((row, i) => html`
                <${RunRow} key=${row.run_id} row=${row} soFar=${row.status === "running" ? this.scores.of(row.run_id) : undefined} index=${from + i + 2} selected=${selected.has(row.run_id)}
                  onSelect=${() => this.toggle(row.run_id)}/>`)}
            </div>
          </div>
        </div>
      </div>`;
  }
}
