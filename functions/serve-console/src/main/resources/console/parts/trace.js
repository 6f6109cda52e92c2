/**
 * The trace of a run: what the model was shown, what it thought and did, and what each action changed, grouped by
 * turn. Only the rows in view are in the page, so that 10,000 events scroll like ten. What a model wrote is text.
 */
import {Component, createRef, html} from "../html.js";
import {brief, count, cut, duration, money, quantity, signed, tokens} from "../format.js";
import {KINDS, TraceRows} from "../trace-rows.js";
import {describeAction} from "../world.js";
import {Positions} from "../windows.js";
import {Icon} from "./icons.js";

/** Characters shown of a text that is folded, and of one that is not: the rest is in GET /events. */
const FOLDED = 280;
const UNFOLDED = 200_000;
/** Heights of rows before they were rendered: one line, a head or a gap; and the width of a character, for more lines. */
const LINE = 28;
const HEAD = 32;
const CHARACTER = 7;
const TYPING_MILLIS = 150;
/** Passes in which rows that were rendered are measured and others come into view. */
const MAX_PASSES = 4;

export class Trace extends Component {
  state = {scrollTop: 0, viewport: 400, open: new Set(), remeasured: 0};
  scroller = createRef();
  body = createRef();
  positions = new Positions(row => this.guess(row));
  traceRows = new TraceRows();
  rows = this.traceRows.rows([], {kinds: null, text: ""});

  componentDidMount() {
    this.resized = new ResizeObserver(([entry]) => {
      const width = entry.contentRect.width;
      if (this.width !== undefined && this.width !== width) {
        this.positions.reset();
      }
      this.width = width;
      this.setState({viewport: this.scroller.current.clientHeight});
    });
    this.resized.observe(this.scroller.current);
    this.measure();
    this.showTurn();
  }

  componentDidUpdate(before) {
    this.measure();
    const {turn, kinds, text, version, following} = this.props;
    const filtered = before.kinds !== kinds || before.text !== text;
    if (before.turn !== turn || filtered || !this.shown || (following && before.version !== version)) {
      this.showTurn();
    }
  }

  componentWillUnmount() {
    this.resized.disconnect();
    clearTimeout(this.typing);
  }

  /** A good guess saves a second pass over rows that come into view. */
  guess(row) {
    if (row.kind === "turn" || row.kind === "gap") {
      return HEAD;
    }
    if (row.kind !== "reasoning") {
      return LINE;
    }
    const perLine = Math.max(20, ((this.width ?? 640) - 140) / CHARACTER);
    return LINE + 20 * (Math.max(1, Math.min(3, Math.ceil(row.text.length / perLine))) - 1);
  }

  /** Takes the true heights of the rows in the page; those above the view must not move it. */
  measure() {
    const anchor = this.positions.indexAt(this.state.scrollTop);
    const offset = this.state.scrollTop - this.positions.top(anchor);
    const changed = this.positions.measure(this.from, [...this.body.current.children].map(element => element.offsetHeight));
    if (changed && this.state.remeasured < MAX_PASSES) {
      const scrollTop = this.positions.top(anchor) + offset;
      if (this.placing !== undefined) {
        this.placeAt(this.placing);
      } else if (Math.abs(scrollTop - this.state.scrollTop) >= 1) {
        this.scroller.current.scrollTop = scrollTop;
      }
      this.setState({remeasured: this.state.remeasured + 1, scrollTop: this.scroller.current.scrollTop});
    } else if (!changed) {
      this.placing = undefined;
      if (this.state.remeasured !== 0) {
        this.setState({remeasured: 0});
      }
    }
  }

  /** Scrolls to the turn in view. */
  showTurn() {
    const index = this.rows.indexOfTurn(this.props.turn);
    this.shown = index >= 0;
    if (index >= 0) {
      this.placing = index;
      this.placeAt(index);
    }
  }

  placeAt(index) {
    const top = this.positions.top(index);
    if (Math.abs(this.scroller.current.scrollTop - top) >= 1) {
      this.scroller.current.scrollTop = top;
      this.setState({scrollTop: this.scroller.current.scrollTop});
    }
  }

  scrolled = event => {
    const {scrollTop} = event.currentTarget;
    if (scrollTop !== this.state.scrollTop) {
      this.setState({scrollTop});
    }
  };

  toggle(key) {
    const open = new Set(this.state.open);
    if (!open.delete(key)) {
      open.add(key);
    }
    this.setState({open});
  }

  toggleKind(kind) {
    const all = KINDS.map(one => one.kind);
    const kinds = new Set(this.props.kinds ?? all);
    if (!kinds.delete(kind)) {
      kinds.add(kind);
    }
    this.props.onFilter({kinds: kinds.size === all.length || kinds.size === 0 ? undefined : all.filter(one => kinds.has(one)).join(".")});
  }

  typed = event => {
    const text = event.target.value;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.props.onFilter({text}), TYPING_MILLIS);
  };

  /** Makes the rows again when there are other events or filters, not for each turn in view. */
  arrange(turns, kinds, text, gaps) {
    const made = [turns, turns.version, kinds, text, gaps, this.width];
    if (this.made === undefined || made.some((one, i) => one !== this.made[i])) {
      this.made = made;
      this.rows = this.traceRows.rows(turns.list, {kinds, text}, gaps);
      this.positions.setRows(this.rows);
    }
  }

  render({turns, turn, kinds, text, gaps, live, rules, onTurn}, {scrollTop, viewport, open}) {
    this.arrange(turns, kinds, text, gaps);
    const {from, to} = this.positions.window(scrollTop, viewport);
    this.from = from;
    return html`
      <div class="trace" data-test="trace">
        <div class="trace-tools">
          <div class="chips" role="group" aria-label="Kinds of events">
            ${KINDS.map(({kind, label}) => html`
              <button key=${kind} class="chip-button" aria-pressed=${String(kinds === null || kinds.has(kind))}
                  data-test=${`trace-kind-${kind}`}
                onClick=${() => this.toggleKind(kind)}>${label}</button>`)}
          </div>
          <div class="search-field compact">
            <${Icon} name="search"/>
            <input class="input" type="search" placeholder="Search the trace" aria-label="Search the trace" data-search
                data-test="trace-search" maxlength="200"
              value=${text} onInput=${this.typed}/>
          </div>
        </div>
        <div class="trace-scroll" ref=${this.scroller} onScroll=${this.scrolled} tabindex="0" role="region"
            aria-label="Trace" data-test="trace-scroll">
          ${this.rows.length === 0 && html`<p
              class="trace-empty muted">${turns.nEvents === 0 ? "No event yet." : "No event matches the filter."}</p>`}
          <div class="trace-spacer" style=${{height: `${this.positions.total}px`}}>
            <ol class="trace-window" ref=${this.body} style=${{transform: `translateY(${this.positions.top(from)}px)`}}>
              ${this.rows.slice(from, to).map(row => html`
                <li key=${row.key} data-key=${row.key}
                    class=${`trace-row trace-${row.kind} ${row.turn !== null && row.turn.t === turn ? "current" : ""}`}>
                  ${row.kind === "turn" ? html`<${TurnHead} turn=${row.turn} next=${turns.at(row.turn.t + 1)}
                      current=${row.turn.t === turn} live=${live} onTurn=${onTurn}/>`
                    : row.kind === "gap" ? html`<${Gap} gap=${row.item}/>`
                      : html`<${Row} row=${row} rules=${rules} open=${open.has(row.key)} onToggle=${() => this.toggle(row.key)}/>`}
                </li>`)}
            </ol>
          </div>
        </div>
      </div>`;
  }
}

function TurnHead({turn, next, current, live, onTurn}) {
  const without = turn.actions.withoutEffect;
  return html`
    <button class="turn-head" aria-current=${current ? "true" : undefined} onClick=${() => onTurn(turn.t)}
        data-test="trace-turn">
      <span class="turn-number">Turn ${turn.t}</span>
      ${turn.response === null
        ? html`<span class="muted">${unanswered(turn, live)}</span>`
        : html`
          <span class="muted">${count(turn.response.nActions, "action")}${without > 0 && html`, <span
              class="caution">${without} without effect</span>`}</span>`}
      <span class="turn-delta clip muted">${delta(turn, next)}</span>
      ${turn.response !== null && html`
        ${turn.response.usage && html`<span class="muted nowrap turn-tokens" title=${`tokens: ${tokens(turn.response.usage)}`}>${
          brief(turn.response.usage.tokens_in)} → ${brief(turn.response.usage.tokens_out)}<span class="turn-cached">${
          turn.response.usage.tokens_cached > 0 && `, ${brief(turn.response.usage.tokens_cached)} cached`}</span></span>`}
        <span class="muted nowrap" title=${turn.response.usage ? "time of the model's call" : "from the prompt to the answer"}>${duration(turn.modelMillis)}</span>
        <span class="muted nowrap">${money(turn.response.costUsd)}</span>`}
    </button>`;
}

/** Why a turn has no answer. */
function unanswered(turn, live) {
  if (turn.fork !== null && turn.state === null) {
    return "fork";
  }
  if (turn.prompt === null) {
    return live ? "starting" : "final state";
  }
  return live ? "waiting for the model" : "no answer";
}

/** What the turn changed in all: its actions and the income. */
function delta(turn, next) {
  if (turn.state === null || next === null || next.state === null) {
    return "";
  }
  const parts = [["food", "food"], ["wood", "wood"], ["population", "pop"]]
      .map(([field, label]) => [label, signed(next.state[field] - turn.state[field])])
      .filter(([, change]) => change !== "")
      .map(([label, change]) => `${label} ${change}`);
  if (next.state.age !== turn.state.age) {
    parts.unshift(next.state.age);
  }
  return parts.join(" · ");
}

const LABELS = {prompt: "prompt", reasoning: "reasoning", observation: "seen", metric: "metric", action: "action"};

function Row({row, rules, open, onToggle}) {
  switch (row.kind) {
    case "action":
      return html`<${ActionRow} item=${row.item} rules=${rules} open=${open} onToggle=${onToggle}/>`;
    case "observation":
      return html`<${Plain} label="seen"><span
          class="muted">${quantity(row.turn.observation.entity_count)} entities: ${(row.turn.observation.classes ?? []).join(", ")}</span><//>`;
    case "metric":
      return html`<${Plain} label="metric"><bdi>${row.item.name}</bdi> = ${quantity(row.item.value)}<//>`;
    case "changes":
      return html`<${ChangeRow} item=${row.item}/>`;
    case "reasoning":
      if (row.turn.response.reasoning === null) {
        return html`<${Plain} label="reasoning"><span
            class="warn">The text of this answer could not be read; it is in GET /events.</span><//>`;
      }
      if (row.text === "") {
        return html`<${Plain} label="reasoning"><span class="muted">none</span><//>`;
      }
      return html`<${Foldable} label="reasoning" text=${row.text} open=${open} onToggle=${onToggle}/>`;
    default:
      return html`<${Foldable} label=${LABELS[row.kind] ?? row.kind} text=${row.text} open=${open}
          onToggle=${onToggle} oneLine/>`;
  }
}

function Plain({label, children}) {
  return html`<div class="trace-cells"><span class="trace-label">${label}</span><div
      class="trace-text">${children}</div></div>`;
}

/** A model's text: folded to some lines, unfolded in a box that scrolls. */
function Foldable({label, text, open, onToggle, oneLine}) {
  const long = text.length > FOLDED || text.includes("\n") || oneLine;
  return html`
    <div class="trace-cells">
      <span class="trace-label">${label}</span>
      <div class=${`trace-text model-text ${open ? "open" : oneLine ? "one-line" : "folded"}`} dir="auto"
          tabindex=${open ? 0 : undefined}
        role=${open ? "region" : undefined}
            aria-label=${open ? label : undefined}>${open ? cut(text, UNFOLDED) : cut(text, FOLDED)}</div>
      ${long && html`
        <button class="fold" aria-expanded=${String(open)} aria-label=${`${open ? "Fold" : "Unfold"} ${label}`}
            onClick=${onToggle}><${Icon} name="down"/></button>`}
    </div>`;
}

function ActionRow({item, rules, open, onToggle}) {
  const {name, effect} = describeAction(item.action, rules);
  return html`
    <div class="trace-cells">
      <span class="trace-label">action</span>
      <div class="trace-text">
        <span class="action-name"><bdi>${cut(name, FOLDED)}</bdi></span>
        ${item.changed === true && effect !== "" && html` <span class="muted">${effect}</span>`}
        ${open && html`<pre class="action-json" dir="ltr">${JSON.stringify(item.action, null, 2)}</pre>`}
      </div>
      <span class=${`outcome ${item.changed === false ? "none" : ""}`}>
        ${item.changed === null ? "" : item.changed ? html`<${Icon} name="check"/>changed` : "no effect"}
      </span>
      <button class="fold" aria-expanded=${String(open)} aria-label=${`${open ? "Hide" : "Show"} the JSON of ${name}`}
          onClick=${onToggle}><${Icon} name="down"/></button>
    </div>`;
}

function ChangeRow({item: {fork, mutation}}) {
  if (fork !== undefined) {
    return html`
      <${Plain} label="fork">from <a
          href=${`#/runs/${fork.parent_run_id}?t=${fork.parent_t}`}>${fork.parent_run_id.slice(0, 8)} at turn ${fork.parent_t}</a>
        ${fork.mutation_summary === "" ? html`<span class="muted">, nothing changed</span>` : html`: <bdi
            class="change-text">${fork.mutation_summary}</bdi>`}
      <//>`;
  }
  return html`
    <${Plain} label="change">
      ${mutation.reason !== "" && html`<div class="model-text" dir="auto">${mutation.reason}</div>`}
      <div class="muted small">before: <bdi>${mutation.before_summary}</bdi></div>
      <div class="small">after: <bdi>${mutation.after_summary}</bdi></div>
    <//>`;
}

function Gap({gap: {from, to, lost}}) {
  const range = from === to ? `Event ${from}` : `Events ${from} to ${to}`;
  const one = from === to;
  return html`
    <div class=${`trace-gap ${lost ? "lost" : ""}`} data-test=${lost ? "trace-lost" : "trace-filled"}>
      <${Icon} name="warning"/>${lost ? `${range} ${one ? "is" : "are"} lost: in neither the buffer, the journal nor the archive`
        : `${range} left the live buffer before ${one ? "it was" : "they were"} read here; filled from the journal`}
    </div>`;
}
