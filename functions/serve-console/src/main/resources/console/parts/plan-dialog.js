/** Shows what an experiment or a race will cost, and asks before it is started. */
import {withBudget} from "../comparisons.js";
import {count, money, quantity} from "../format.js";
import {randomKey} from "../api.js";
import {Component, html} from "../html.js";
import {Dialog} from "./dialog.js";
import {FieldError} from "./field-error.js";
import {ProblemNotice, Skeleton} from "./states.js";

const SOURCES = {past_runs: "its past runs", defaults: "stated defaults", no_model: "no model is called"};

/** `path` and `request` of the POST; `onStarted` gets its answer, `onRefused` an error of a field. */
export class PlanDialog extends Component {
  state = {plan: null, problem: null, budget: "", error: undefined, busy: false};
  key = randomKey();

  componentDidMount() {
    this.estimate();
  }

  estimate = async () => {
    const {api, path, request, onRefused} = this.props;
    this.setState({problem: null});
    try {
      this.setState({plan: (await api.post(path, {...request, dry_run: true})).plan});
    } catch (problem) {
      if (problem.status === 422 && onRefused !== undefined) {
        onRefused(problem);
      } else {
        this.setState({problem});
      }
    }
  };

  start = async () => {
    const {api, path, request, onStarted} = this.props;
    const body = withBudget(request, this.state.budget);
    if (body === undefined) {
      this.setState({error: "An amount above 0, or empty"});
      return;
    }
    this.setState({busy: true, problem: null});
    try {
      onStarted(await api.post(path, body, {key: this.key}));
    } catch (problem) {
      this.setState({busy: false, problem});
    }
  };

  render({title, onClose}, {plan, problem, budget, error, busy}) {
    return html`
      <${Dialog} title=${title} onClose=${onClose} test="plan-dialog">
        ${problem !== null && html`<${ProblemNotice} problem=${problem} once test="plan-problem"
            onRetry=${plan === null && problem.mayPass ? this.estimate : undefined}/>`}
        ${plan === null ? problem === null && html`<${Skeleton} lines=${4} label="Estimating"/>` : html`
          <dl class="pairs plan" data-test="plan">
            <dt>Runs</dt><dd><b>${quantity(plan.cells)}</b></dd>
            <dt>Turns</dt><dd>${quantity(plan.turns)}, ${count(plan.model_calls, "model call")}</dd>
            <dt>Tokens</dt><dd>${plan.model_calls === 0 ? "none" : `about ${quantity(plan.tokens_in)} in, ${quantity(plan.tokens_out)} out`}</dd>
            <dt>Will cost</dt><dd><b>${planCost(plan)}</b></dd>
            ${plan.basis.map(one => html`
              <dt key=${one.profile}><bdi>${one.profile}</bdi></dt>
              <dd class="muted small">${SOURCES[one.source] ?? one.source}${one.source === "past_runs" ? ` (${quantity(one.runs)})` : ""}${
                one.source !== "no_model" && Number.isFinite(one.cost_usd_per_turn) ? `, about ${money(one.cost_usd_per_turn)} a turn` : ""}</dd>`)}
          </dl>
          ${plan.within_budget === false && html`<p class="warn">This is more than the budget: the last runs will not start.</p>`}
          ${plan.model_calls > 0 && html`
            <label class="field"><span class="label">Start no more runs once they have cost, in US dollars; optional</span>
              <input class="input" inputmode="decimal" autocomplete="off" value=${budget} data-test="plan-budget"
                  aria-invalid=${String(error !== undefined)}
                onInput=${event => {
                  this.key = randomKey();
                  this.setState({budget: event.target.value, error: undefined});
                }}/>
              <${FieldError} text=${error}/>
            </label>`}`}
        <div class="dialog-foot">
          <button class="button" onClick=${event => event.target.closest("dialog").close()}>Not now</button>
          <button class="button primary" data-test="plan-start" disabled=${plan === null || busy}
              onClick=${this.start}>${busy ? "Starting…" : plan === null ? "Start" : `Start ${count(plan.cells, "run")}`}</button>
        </div>
      <//>`;
  }
}

function planCost({cost_usd: usd, cost_known: known}) {
  return known ? usd > 0 ? `about ${money(usd)}` : money(0) : usd > 0 ? `more than ${money(usd)}: a price is not known` : "unknown: a price is not known";
}
