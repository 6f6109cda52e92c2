/** One run: the turn in the centre. Town, numbers, trace and curves always show the same turn. */
import {compareAddress} from "../address.js";
import {randomKey} from "../api.js";
import {isolate, isolateNames} from "../bidi.js";
import {profilesRequest, replicateRequest, wholeNumber} from "../comparisons.js";
import {estimateCost} from "../estimate.js";
import {controlOf, forkRequest, readDraft, readTurns} from "../forks.js";
import {brief, duration, money, quantity, tokens} from "../format.js";
import {Component, html} from "../html.js";
import {bind} from "../keys.js";
import {Curves} from "../parts/curves.js";
import {ForkBar, MAX_PLAYERS, MAX_REPLICAS} from "../parts/fork-bar.js";
import {Icon} from "../parts/icons.js";
import {Family, Lineage} from "../parts/lineage.js";
import {PlanDialog} from "../parts/plan-dialog.js";
import {profileLabel} from "../parts/profile-select.js";
import {RunId} from "../parts/run-id.js";
import {Scrubber} from "../parts/scrubber.js";
import {Sentence} from "../parts/sentence.js";
import {StatePanel} from "../parts/state-panel.js";
import {Notice, ProblemNotice, Skeleton} from "../parts/states.js";
import {StatusBadge} from "../parts/status-badge.js";
import {StuckPanel} from "../parts/stuck-panel.js";
import {Time} from "../parts/time.js";
import {Town} from "../parts/town.js";
import {Trace} from "../parts/trace.js";
import {Player} from "../player.js";
import {runsOf} from "../store.js";
import {causeWords} from "../status.js";

const NOTHING = Object.freeze({});

export class RunView extends Component {
  state = {t: this.props.route.params.t ?? null, playing: false, speed: 5, family: {parent: null, children: [], more: false}, draft: NOTHING,
    form: this.emptyForm(), errors: NOTHING, busy: false, request: null};
  store = runsOf(this.props.api).open(this.props.route.id);
  player = new Player(this, () => this.range(), t => this.param({t: t ?? undefined}));

  componentDidMount() {
    this.unsubscribe = this.store.subscribe(() => this.changed());
    this.family = new Family(this.props.api, this.props.route.id, family => this.setState({family}));
    this.unbind = bind("Run", [
      ...this.player.keys(),
      {key: "e", shown: "e", does: "fork from the turn in view", run: () => this.openFork()},
      {key: "d", shown: "d", does: "diagnose", run: () => this.toggleDiagnosis()},
      {key: "p", shown: "p", does: "compare with the parent", run: () => this.compareWithParent()},
      {key: "Escape", shown: "Esc", does: "leave the fork", run: () => this.closeFork()},
    ]);
    this.changed();
  }

  componentDidUpdate(before) {
    const {params} = this.props.route;
    const old = before.route.params;
    if (old.t !== params.t && params.t !== (this.state.t ?? undefined)) {
      this.setState({t: params.t ?? null}); // the back button, or an address typed
    }
    if (old.fork !== undefined && params.fork === undefined) {
      this.setState({draft: NOTHING, form: this.emptyForm(), errors: NOTHING});
    }
  }

  componentWillUnmount() {
    this.unsubscribe();
    this.unbind();
    this.family.close();
    this.player.close();
    runsOf(this.props.api).release(this.props.route.id);
  }

  changed() {
    const {row, phase, turns} = this.store;
    document.title = `${isolate(row?.label ?? "Run")} · arena`;
    if (row !== null) {
      this.family.withParent(row.parent_run_id);
    }
    if (phase !== "loading" && (turns.newest !== null || phase !== "ready" || ["Complete", "Closed", "Error"].includes(this.store.state))) {
      this.props.ready();
    }
    this.setState({});
  }

  /** Changes parameters of the address; the turn and filters do not make a step for the back button. */
  param(change, {push = false} = {}) {
    const {route, go} = this.props;
    go({...route, params: {...route.params, ...change}}, {replace: !push});
  }

  turn() {
    const {turns} = this.store;
    return this.state.t === null ? turns.newest : turns.nearest(this.state.t);
  }

  range() {
    const {turns} = this.store;
    const turn = this.turn();
    if (turn === null) {
      return null;
    }
    const first = turns.list.find(one => one.state !== null).t;
    return {first, last: turns.newest.t, turn: turn.t, step: n => turns.step(turn.t, n)};
  }

  // ---- fork

  emptyForm() {
    const turns = String(this.props.deployment.limits.default_turns ?? 10);
    return {mode: "fork", turns, profile: null, reason: "", replicas: "5", players: [], label: ""};
  }

  get forking() {
    return this.props.route.params.fork !== undefined && this.turn() !== null;
  }

  openFork() {
    if (!this.forking && this.turn() !== null) {
      const {t} = this.turn();
      this.player.pause();
      this.setState({t});
      this.key = randomKey();
      this.param({t, panel: undefined});
      this.param({t, fork: "1", panel: undefined}, {push: true});
      this.openedHere = true;
      requestAnimationFrame(() => document.getElementById("fork-food")?.focus());
    }
  }

  closeFork() {
    if (this.forking && this.openedHere) {
      history.back();
    } else if (this.forking) {
      this.param({fork: undefined});
    }
    this.openedHere = false;
  }

  edit = (name, text) => {
    const {[name]: _, ...rest} = this.state.draft;
    const draft = text === undefined ? rest : {...rest, [name]: text};
    const {errors} = readDraft(draft, this.turn().state, this.props.deployment.limits);
    this.key = randomKey(); // another request
    this.setState({draft, errors});
  };

  submitFork = async () => {
    const {deployment, api, go} = this.props;
    const {draft, form} = this.state;
    const turn = this.turn();
    const {mutation, errors} = readDraft(draft, turn.state, deployment.limits);
    const nTurns = readTurns(form.turns, deployment.limits);
    if (nTurns === null) {
      errors.n_turns = `Integer, 0 to ${deployment.limits.max_turns}`;
    }
    const many = form.mode === "fork" ? null : this.experiment(turn.t, mutation, nTurns, errors);
    this.setState({errors});
    if (Object.keys(errors).length > 0) {
      requestAnimationFrame(() => document.querySelector("[aria-invalid=true]")?.focus());
      return;
    }
    if (many !== null) {
      this.setState({request: many}); // the dialog shows what it will cost
      return;
    }
    this.setState({busy: true});
    try {
      const profile = form.profile === null ? null : deployment.profiles[form.profile];
      this.key ??= randomKey();
      const {child_run_id: child} = await api.post("/forks",
          forkRequest({parent: this.store.runId, t: turn.t, mutation, nTurns, reason: form.reason, profile}), {key: this.key});
      // In the place of the form: going back leads to the turn that was forked.
      go({view: "compare", params: {run: [this.store.runId, child]}}, {replace: true});
    } catch (problem) {
      const control = controlOf(problem);
      const text = problem.status === 403 ? "A fork needs a token with the role operator." : problem.message;
      const limit = control === "form" ? undefined : problem.limit;
      this.setState({busy: false, errors: {[control]: limit === undefined ? text : `Accepted: ${limit}`}});
      requestAnimationFrame(() => document.querySelector("[aria-invalid=true]")?.focus());
    }
  };

  /** The request of the experiment that the form describes; adds what is wrong with it to the errors. */
  experiment(t, mutation, nTurns, errors) {
    const {deployment} = this.props;
    const {form} = this.state;
    const replicas = wholeNumber(form.replicas, 1, MAX_REPLICAS);
    if (replicas === null) {
      errors.replicas = `Integer, 1 to ${MAX_REPLICAS}`;
    }
    if (nTurns === 0) {
      errors.n_turns = `Integer, 1 to ${deployment.limits.max_turns}`;
    }
    const plan = {parent: this.store.runId, t, mutation, replicas, nTurns, label: form.label.trim()};
    if (form.mode === "replicate") {
      if (Object.keys(mutation).length === 0 && form.profile === null) {
        errors.form = "Change the town or the player: the experiment compares it with the run as it was.";
      }
      return replicateRequest({...plan, profile: form.profile === null ? null : deployment.profiles[form.profile]});
    }
    if (form.players.length < 1 || form.players.length > MAX_PLAYERS) {
      errors.profile = `1 to ${MAX_PLAYERS} players`;
    }
    return profilesRequest({...plan, own: this.store.row.profile, profiles: form.players.map(i => deployment.profiles[i])});
  }

  refused = problem => {
    const control = String(problem.field ?? "").split(/[.[]/, 1)[0];
    const known = {replicas: "replicas", n_turns: "n_turns", label: "label", cells: "replicas"}[control] ?? "form";
    this.setState({request: null, errors: {[known]: problem.message}});
  };

  estimate() {
    const {deployment} = this.props;
    const {row, turns} = this.store;
    const {form} = this.state;
    return estimateCost({
      nTurns: readTurns(form.turns, deployment.limits) ?? 0,
      model: form.profile === null ? row.profile.model : deployment.profiles[form.profile].model,
      parent: {
        model: row.profile.model, costUsd: turns.costUsd, costKnown: row.cost_known,
        answered: turns.list.filter(one => one.response !== null).length,
      },
      prices: deployment.models,
    });
  }

  // ---- other actions

  toggleDiagnosis() {
    this.param({panel: this.props.route.params.panel === undefined ? "diagnosis" : undefined}, {push: true});
  }

  compareWithParent() {
    const {row} = this.store;
    if (row?.parent_run_id) {
      location.hash = compareAddress([row.parent_run_id, row.run_id], this.turn()?.t);
    }
  }

  marks() {
    const {turns, row} = this.store;
    const {children} = this.state.family;
    if (this.marked !== children || this.markedTurn !== turns.first?.mutation || this.markedAt !== row.departs_at) {
      this.marked = children;
      this.markedAt = row.departs_at;
      this.markedTurn = turns.first?.mutation;
      this.markList = [
        ...children.map(child => ({t: child.parent_t, kind: "fork", title: `forked: ${isolate(child.label)}`})),
        ...(turns.first?.mutation ? [{t: row.t0, kind: "mutation", title: `changed: ${isolateNames(turns.first.fork?.mutation_summary)}`}] : []),
        ...(row.departs_at === null ? [] : [{t: row.departs_at, kind: "mutation", title: "departs from the run that it plays again"}]),
      ];
    }
    return this.markList;
  }

  kinds() {
    const text = this.props.route.params.kinds;
    if (this.kindsText !== text) {
      this.kindsText = text;
      this.kindSet = text === undefined ? null : new Set(text.split("."));
    }
    return this.kindSet ?? null;
  }

  // ---- render

  render({route, deployment, api}, {family, draft, form, errors, busy, playing, speed, t, request}) {
    const {phase, row, problem, turns} = this.store;
    if (phase === "missing") {
      return html`
        <div class="page"><${Notice} alone title="There is no such run"
            text="Its id may have been cut off, or it belongs to another arena." test="run-missing">
          <a class="button" href="#/">All runs</a>
        <//></div>`;
    }
    if (phase === "failed") {
      return html`<div class="page"><${ProblemNotice} alone problem=${problem} onRetry=${() => this.store.retry()}/></div>`;
    }
    if (row === null) {
      return html`<div class="page"><${Skeleton} lines=${12} label="Loading the run"/></div>`;
    }
    const turn = this.turn();
    const range = this.range();
    const previous = turn === null ? null : turns.at(turn.t - 1)?.state ?? null;
    return html`
      <div class=${`run ${this.forking ? "forking" : ""}`}>
        ${this.strip(row, turn)}
        ${this.banner()}
        <${Lineage} row=${row} parent=${family.parent} kin=${family.children} more=${family.more}/>
        ${route.params.panel === "diagnosis" && html`
          <${StuckPanel} api=${this.props.api} store=${this.store} onClose=${() => this.param({panel: undefined})}
              onFork=${() => this.openFork()}/>`}
        <div class="run-body">
          <section class="panel run-town" aria-label="Town">
            <div class="panel-head">
              <h2>${turn === null ? "Town" : html`Turn ${turn.t} <span class="muted">${turn.state.age}</span>`}</h2>
              ${turn !== null && (this.forking
                ? html`<span class="small muted">Edit the town below</span>`
                : html`<button class="button primary" data-test="fork-open" title="Fork from here  E"
                    onClick=${() => this.openFork()}><${Icon} name="fork"/>Fork from here</button>`)}
            </div>
            ${turn === null ? this.withoutTurn() : html`
              <div class="town-frame"><${Town} state=${turn.state} label=${`Town at turn ${turn.t}`}/></div>
              <${StatePanel} state=${turn.state} previous=${previous} draft=${this.forking ? draft : null} errors=${errors}
                  limits=${deployment.limits} onEdit=${this.edit}/>`}
          </section>
          <section class="panel run-trace" aria-label="Trace of the turns">
            <${Trace} turns=${turns} version=${turns.version} turn=${turn?.t ?? null} kinds=${this.kinds()}
                text=${route.params.text ?? ""} gaps=${this.store.gaps} live=${this.store.isRunning} rules=${deployment.rules}
                    following=${t === null && this.store.isRunning}
              onTurn=${this.player.go} onFilter=${change => this.param(change)}/>
          </section>
        </div>
        ${turn !== null && html`
          <section class="panel run-curves" aria-label="Curves">
            <${Curves} turns=${turns} turn=${turn.t} to=${this.store.isRunning ? row.t0 + row.n_turns : undefined}
                marks=${this.marks()} onTurn=${this.player.go}/>
          </section>
          <div class="run-foot">
            ${this.forking
              ? html`<${ForkBar} t=${turn.t} form=${form} errors=${errors} estimate=${this.estimate()} busy=${busy}
                  profiles=${deployment.profiles} parentProfile=${row.profile}
                  limits=${deployment.limits}
                      changes=${Object.keys(readDraft(draft, turn.state, deployment.limits).mutation).length}
                  onChange=${change => {
                    this.key = randomKey();
                    this.setState({form: {...form, ...change}, errors: NOTHING});
                  }} onCancel=${() => this.closeFork()} onSubmit=${this.submitFork}/>`
              : html`<${Scrubber} ...${range} following=${t === null} canFollow=${this.store.isRunning} playing=${playing}
                  speed=${speed} marks=${this.marks()}
                  onTurn=${next => {
                    this.player.pause();
                    this.player.go(next);
                  }} onPlay=${this.player.toggle} onSpeed=${value => this.setState({speed: value})} onFollow=${this.player.toggleFollow}/>`}
          </div>`}
        ${request !== null && html`
          <${PlanDialog} api=${api} title="Start this experiment?" path="/experiments" request=${request} onRefused=${this.refused}
              onClose=${() => this.setState({request: null})}
              onStarted=${({experiment_id: id}) => this.props.go({view: "experiment", id, params: {}}, {replace: true})}/>`}
      </div>`;
  }

  strip(row, turn) {
    const {turns} = this.store;
    const newest = turns.newest?.state ?? null;
    const {status} = this.store;
    const played = Math.max(row.progress.turns_played, turns.list.filter(one => one.response !== null).length);
    return html`
      <header class="strip">
        <div class="strip-main">
          <h1 class="clip" title=${row.label}><bdi>${row.label}</bdi></h1>
          <span class="sr-only" role="status">${status.word}${status.detail === "" ? "" : `: ${status.detail}`}</span>
          <${StatusBadge} status=${status} test="run-status"/>
        </div>
        <dl class="facts">
          <${Fact} name="Turns" test="fact-turns">${played}<span class="muted">/${row.n_turns}</span><//>
          <${Fact} name="Score"
              test="fact-score">${newest === null ? "–" : html`${newest.age.replace(" Age", "")} · ${quantity(newest.population)} pop · ${quantity(newest.food + newest.wood)}`}<//>
          <${Fact} name="Cost" test="fact-cost">${row.cost_known ? money(turns.costUsd) : html`<span class="muted"
              title="The price of this model is not known">unknown</span>`}<//>
          ${turns.usage.tokens_in !== undefined && html`
            <${Fact} name="Tokens" test="fact-tokens"><span title=${`${tokens(turns.usage)}; the model took ${duration(turns.usage.model_ms)} in all`}>${
              brief(turns.usage.tokens_in)} → ${brief(turns.usage.tokens_out)}</span><//>`}
          ${row.profile.model === "recorded" && html`
            <${Fact} name="Departs" test="fact-departs">${row.departs_at === null ? html`<span class="muted"
                title="Each turn so far began as in the run that it plays again">${row.ended_at === null ? "not so far" : "nowhere"}</span>`
              : html`<a href=${compareAddress([row.parent_run_id, row.run_id], row.departs_at)}
                  title="The first turn that began otherwise than in the run that it plays again">turn ${row.departs_at}</a>`}<//>`}
          ${row.profile.answer_format !== undefined && row.profile.answer_format !== "text" && html`
            <${Fact} name="Answers by" test="fact-format">${row.profile.answer_format}<//>`}
          <${Fact} name="Player"><span class="clip fact-player"
              title=${`${profileLabel(row.profile)}${row.prompt === null ? "" : `, version ${row.prompt.version}`}`}><bdi>${row.profile.name}</bdi></span><//>
          <${Fact} name="Scenario">${row.scenario}<//>
          <${Fact} name=${row.ended_at === null ? "Started" : "Took"}>${row.ended_at === null ? html`<${Time}
              at=${row.created_at}/>`
            : html`<span title=${`ended ${row.ended_at}`}>${duration(Date.parse(row.ended_at) - Date.parse(row.created_at))}</span>`}<//>
          <${Fact} name="Events">${quantity(turns.nEvents)}<//>
          <${Fact} name="Id"><${RunId} id=${row.run_id}/><//>
        </dl>
        <button class="button compact" aria-expanded=${String(this.props.route.params.panel === "diagnosis")}
            data-test="diagnose" title="Diagnose  D" onClick=${() => this.toggleDiagnosis()}>
          ${row.status === "failed" ? "Why?" : "Diagnose"}
        </button>
      </header>`;
  }

  /** What the viewer must know now: one line, with one action. */
  banner() {
    const {state, error, diagnosis, wasStreaming, row, isRunning, delayed} = this.store;
    const open = this.props.route.params.panel === "diagnosis";
    if (state === "Error") {
      return html`
        <div class="banner bad" role="alert" data-test="banner-error"><${Icon} name="warning"/>
          <span>${error?.code === "connection_lost" ? "The connection was lost for good; what is here is true up to its last turn."
            : html`Live events ended: <${Sentence} text=${error?.message ?? "an error"}/>`}</span>
          <button class="button compact" onClick=${() => this.store.retry()}
              data-test="reconnect">Go on from event ${this.store.turns.lastSeq + 1}</button>
        </div>`;
    }
    if (isRunning && diagnosis !== null && !diagnosis.healthy && !open) {
      return html`
        <div class="banner" data-test="banner-stuck"><${Icon} name="warning"/>
          <span><strong>Stuck?</strong> ${causeWords(diagnosis.cause)}</span>
          <button class="button compact" onClick=${() => this.toggleDiagnosis()}>Cause and next steps</button>
        </div>`;
    }
    if (state === "connecting" && wasStreaming) {
      return html`
        <div class="banner" data-test="banner-lost"><${Icon} name="warning"/>
          <span>The connection was lost. It resumes by itself at event ${this.store.turns.lastSeq + 1}; nothing is missed.</span>
        </div>`;
    }
    if (isRunning && delayed && state === "Streaming") {
      return html`
        <div class="banner" data-test="banner-delayed"><${Icon} name="warning"/>
          <span>Live events are delayed, because the broker is away. The page reads new events every few seconds; nothing is missed.</span>
        </div>`;
    }
    if (row.status === "failed" && row.error !== null && !open) {
      return html`
        <div class="banner" data-test="banner-failed"><${Icon} name="warning"/>
          <span class="clip"><strong>${row.error.code}</strong> <${Sentence} text=${row.error.message}/></span>
          <button class="button compact" onClick=${() => this.toggleDiagnosis()}>Cause and next steps</button>
        </div>`;
    }
    return null;
  }

  withoutTurn() {
    const {state} = this.store;
    if (["Complete", "Closed"].includes(state)) {
      return html`<${Notice} title="No turn was played"
          text=${state === "Closed" ? "The run ended before its first turn." : "The run was asked for no turns."}/>`;
    }
    return html`<${Skeleton} lines=${8} label="Waiting for the first turn"/>`;
  }
}

function Fact({name, test, children}) {
  return html`<div class="fact"><dt>${name}</dt><dd data-test=${test}>${children}</dd></div>`;
}
