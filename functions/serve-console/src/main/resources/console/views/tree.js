/** The runs and their forks: from which turn, with what change. */
import {compareAddress, MAX_COMPARED} from "../address.js";
import {count, quantity} from "../format.js";
import {Component, html} from "../html.js";
import {bind} from "../keys.js";
import {flatten, readTree} from "../lineage-tree.js";
import {Icon} from "../parts/icons.js";
import {ProblemNotice, Skeleton} from "../parts/states.js";
import {StatusBadge} from "../parts/status-badge.js";
import {rowStatus} from "../status.js";
import {AGES} from "../world.js";

const POLL_MILLIS = 5_000;
const DEEPEST = 12;

export class TreeView extends Component {
  state = {rows: null, truncated: false, problem: null, details: {}};
  abort = new AbortController();

  componentDidMount() {
    document.title = "Lineage · arena";
    this.unbind = bind("Lineage", [
      {key: "ArrowDown", shown: "↓", does: "next run", run: () => this.move(1)},
      {key: "ArrowUp", shown: "↑", does: "previous run", run: () => this.move(-1)},
    ]);
    this.load();
  }

  componentWillUnmount() {
    this.unbind();
    this.abort.abort();
    clearTimeout(this.timer);
  }

  load = async () => {
    const {api, route, ready} = this.props;
    const {signal} = this.abort;
    clearTimeout(this.timer);
    try {
      if (!document.hidden) {
        const {root, truncated} = await readTree(route.id, id => api.get(`/runs/${id}`, {signal}),
            id => api.page(`/runs?parent_run_id=${id}&limit=100`, {signal}));
        const rows = flatten(root);
        this.setState({rows, truncated, problem: null});
        ready();
        this.loadDetails(rows, signal);
      }
    } catch (problem) {
      if (signal.aborted) {
        return;
      }
      this.setState({problem});
    }
    this.timer = setTimeout(this.load, POLL_MILLIS);
  };

  /** The change and the reason of each fork are in the run itself, and never change. */
  async loadDetails(rows, signal) {
    const missing = rows.filter(({row}) => row.parent_run_id !== null && this.state.details[row.run_id] === undefined);
    for (let i = 0; i < missing.length; i += 6) {
      const some = await Promise.all(missing.slice(i, i + 6).map(({row}) =>
        row.mutation !== undefined ? row : this.props.api.get(`/runs/${row.run_id}`, {signal}).catch(() => null)));
      if (signal.aborted) {
        return;
      }
      const read = some.filter(one => one !== null).map(one => [one.run_id, one]);
      this.setState({details: {...this.state.details, ...Object.fromEntries(read)}});
    }
  }

  move(step) {
    const links = [...document.querySelectorAll(".tree-row .row-link")];
    const at = links.indexOf(document.activeElement);
    links[at < 0 ? 0 : Math.max(0, Math.min(links.length - 1, at + step))]?.focus();
  }

  render({route}, {rows, truncated, problem, details}) {
    return html`
      <div class="page" data-test="tree">
        <div class="page-head"><h1>Lineage</h1><span
            class="muted">${rows === null ? "" : count(rows.length, "run")}${truncated && ", not all that there are"}</span>
          <span class="grow"></span>
          ${rows !== null && rows.length > 1 && html`
            <a class="button" href=${compareAddress(rows.slice(0, MAX_COMPARED).map(({row}) => row.run_id))}><${Icon}
                name="compare"/>Compare ${rows.length > MAX_COMPARED ? `the first ${MAX_COMPARED}` : "all"}</a>`}
        </div>
        ${problem !== null && html`<${ProblemNotice} problem=${problem} onRetry=${this.load}/>`}
        ${rows === null ? problem === null && html`<${Skeleton} lines=${6} label="Loading the lineage"/>` : html`
          <ol class="panel tree">
            ${rows.map(({row, depth, isLast, rails}) => html`
              <li key=${row.run_id} class=${`tree-row ${row.run_id === route.id ? "current" : ""}`} data-test="tree-row"
                  aria-current=${row.run_id === route.id ? "true" : undefined}>
                <span class="tree-rails" aria-hidden="true">
                  ${rails.slice(0, DEEPEST).map((rail, i) => html`<i key=${i} class=${rail ? "rail" : ""}></i>`)}
                  ${depth > 0 && html`<i class=${isLast ? "corner" : "branch"}></i>`}
                </span>
                <div class="tree-text">
                  <div class="row wrap">
                    <a class="row-link" href=${`#/runs/${row.run_id}`}><bdi>${row.label}</bdi></a>
                    <${StatusBadge} status=${rowStatus(row)}/>
                    ${row.parent_run_id !== null && html`
                      <a class="fork-mark" href=${compareAddress([row.parent_run_id, row.run_id], row.parent_t)}
                          title="Compare with its parent"><${Icon} name="fork"/>t${row.parent_t}</a>`}
                  </div>
                  ${row.parent_run_id !== null && html`<p
                      class="small muted tree-change">${changeText(details[row.run_id])}</p>`}
                </div>
                <span class="muted nowrap tree-score">${resultText(row)}</span>
              </li>`)}
          </ol>`}
      </div>`;
  }
}

function resultText(row) {
  return row.final_age === null || row.final_age === "" ? `${row.turns_played}/${row.n_turns} turns`
    : `${row.final_age.replace(" Age", "")} · ${quantity(row.final_population)} pop · ${quantity(row.final_economy)}`;
}

function changeText(detail) {
  if (detail === undefined) {
    return "…";
  }
  const changes = Object.entries(detail.mutation ?? {})
      .map(([name, value]) => `${name.replaceAll("_", " ")} ${AGES.includes(value) ? value : quantity(value)}`).join(", ");
  return html`${changes === "" ? "no change of the town" : html`<span
      class="change-text">${changes}</span>`}${detail.reason ? html`, “<bdi>${detail.reason}</bdi>”` : ""}`;
}
