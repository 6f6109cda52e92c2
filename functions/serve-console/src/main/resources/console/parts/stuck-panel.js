/** Why a run does not finish, or ended: cause, evidence, and the next steps as buttons, each with what it costs. */
import {Component, html} from "../html.js";
import {duration, exact} from "../format.js";
import {causeWords} from "../status.js";
import {Confirm} from "./dialog.js";
import {Icon} from "./icons.js";
import {Sentence} from "./sentence.js";
import {ProblemNotice, Skeleton} from "./states.js";

export class StuckPanel extends Component {
  state = {diagnosis: this.props.store.diagnosis, problem: null, busy: null, confirm: null, done: ""};
  ended = !this.props.store.isRunning;

  componentDidMount() {
    if (this.state.diagnosis === null) {
      this.check();
    }
  }

  /** The diagnosis of a run that has ended meanwhile is another one. */
  componentDidUpdate() {
    const ended = !this.props.store.isRunning;
    if (ended && !this.ended) {
      this.ended = true;
      this.check();
    }
  }

  /** The store forgets its diagnosis when the run moves on; the panel shows it until the next one. */
  check = () => this.run("wait", async () => this.setState({diagnosis: await this.props.store.diagnose()}), this.state.done);

  /** Runs a step; its button shows that it is at work, its failure stays in the panel. */
  async run(action, step, done = "") {
    this.setState({busy: action, problem: null, done: ""});
    try {
      await step();
      this.setState({busy: null, done});
    } catch (problem) {
      this.setState({busy: null, problem});
    }
  }

  stop() {
    const {api, store} = this.props;
    return this.run("stop", async () => {
      await api.post(`/runs/${store.runId}/stop`);
      await store.refresh();
    }, "The run is being stopped.");
  }

  report() {
    const {api, store} = this.props;
    return this.run("report", async () => {
      const report = await api.get(`/runs/${store.runId}/report`);
      const url = URL.createObjectURL(new Blob([JSON.stringify(report, null, 2)], {type: "application/json"}));
      const link = document.createElement("a");
      link.href = url;
      link.download = `report-${store.runId}.json`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 1_000);
    }, "The report was downloaded.");
  }

  button(step) {
    const {busy} = this.state;
    const props = {class: "button", "data-test": `step-${step.action}`, disabled: busy !== null};
    switch (step.action) {
      case "wait":
        return html`<button ...${props}
            onClick=${this.check}>${busy === "wait" ? "Checking…" : "Wait, and check again"}</button>`;
      case "fork":
        return html`<button ...${props} onClick=${this.props.onFork}><${Icon} name="fork"/>Fork again</button>`;
      case "start":
        return html`<a class="button" data-test="step-start" href="#/start"><${Icon} name="plus"/>Start a new run</a>`;
      case "stop":
        return html`<button ...${props} class="button danger"
            onClick=${() => this.setState({confirm: step})}>${busy === "stop" ? "Stopping…" : "Stop the run"}</button>`;
      case "report":
        return html`<button ...${props} onClick=${() => this.report()}><${Icon}
            name="download"/>${busy === "report" ? "Collecting…" : "Download the report"}</button>`;
      default:
        return html`<span class="step-name">${NAMES[step.action] ?? step.action}</span>`;
    }
  }

  render({store, onClose}, {diagnosis: own, problem, confirm, done, busy}) {
    const diagnosis = store.diagnosis ?? own;
    return html`
      <section class=${`stuck panel ${diagnosis !== null && !diagnosis.healthy ? "unhealthy" : ""}`} aria-label="Diagnosis"
          data-test="stuck-panel">
        <div class="panel-head">
          <h2>${diagnosis === null ? "Diagnosis" : diagnosis.healthy ? "No problem found" : "What is wrong"}</h2>
          <div class="row">
            <button class="button compact" onClick=${this.check} disabled=${busy !== null}
                data-test="diagnose-again">${busy === "wait" ? "Checking…" : "Check again"}</button>
            <button class="icon-button" aria-label="Close the diagnosis" onClick=${onClose}><${Icon} name="cross"/></button>
          </div>
        </div>
        <div class="stuck-body">
          ${problem !== null && html`<${ProblemNotice} problem=${problem}/>`}
          ${done !== "" && html`<p role="status" class="stuck-done"><${Icon} name="check"/>${done}</p>`}
          ${diagnosis === null ? problem === null && html`<${Skeleton} lines=${4} label="Collecting the facts"/>` : html`
            <div class="stuck-finding">
              <p class="stuck-summary" data-test="stuck-summary"><${Sentence} text=${diagnosis.summary}/></p>
              <p class="muted small">${causeWords(diagnosis.cause)} · ${diagnosis.confidence} · as of <time
                  datetime=${diagnosis.at}>${exact(diagnosis.at)}</time></p>
              ${diagnosis.waiting_on !== null && html`
                <p>Waits ${duration(diagnosis.waiting_on.seconds * 1000)} for ${STEPS[diagnosis.waiting_on.step] ?? diagnosis.waiting_on.step}${
                  diagnosis.waiting_on.turn === null ? "" : ` in turn ${diagnosis.waiting_on.turn}`}${
                  diagnosis.waiting_on.attempt > 1 ? `, attempt ${diagnosis.waiting_on.attempt}` : ""}.</p>`}
            </div>
            <div class="steps">
              <h3>Next steps, the least costly first</h3>
              <ol>
                ${withAlways(diagnosis, store.isRunning).map((step, i) => html`
                  <li key=${i} class="step">
                    ${this.button(step)}
                    <div class="step-text"><span><${Sentence} text=${step.why}/></span> ${step.costs !== "" && html`<span
                        class="muted">Costs: <${Sentence} text=${step.costs}/></span>`}
                      ${step.command !== "" && !["wait", "fork", "stop", "report"].includes(step.action) && html`<pre
                          class="command">${step.command}</pre>`}</div>
                  </li>`)}
              </ol>
            </div>
            <div class="stuck-evidence">
              ${diagnosis.evidence.length > 0 && html`
                <dl class="evidence">
                  ${diagnosis.evidence.map(({fact, value}, i) => html`<dt key=${`f${i}`}>${fact}</dt><dd
                      key=${`v${i}`}><${Sentence} text=${value}/></dd>`)}
                </dl>`}
              ${diagnosis.also.map(({summary}, i) => html`<p key=${i}><strong>Also:</strong> <${Sentence} text=${summary}/></p>`)}
              ${diagnosis.does_not_fit.map((text, i) => html`<p key=${i} class="muted">Does not fit: <${Sentence} text=${text}/></p>`)}
            </div>`}
        </div>
        ${confirm !== null && html`
          <${Confirm} title="Stop this run?" text=${`${sentence(confirm.why)} It costs ${confirm.costs}.`}
              action="Stop the run"
            onConfirm=${() => this.stop()} onClose=${() => this.setState({confirm: null})}/>`}
      </section>`;
  }
}

function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;
}

/** The diagnosis's steps, and those that can be taken at any time. */
function withAlways({next_steps: steps}, isRunning) {
  const always = [
    {action: "stop", why: "end the run now; its events are kept", costs: "the turns that it has not played", command: ""},
    {action: "report", why: "everything known about this run, in one file", costs: "nothing", command: ""},
  ];
  const added = always.filter(one => isRunning || one.action !== "stop");
  return [...steps, ...added.filter(one => !steps.some(step => step.action === one.action))];
}

const NAMES = {
  reaper: "Leave it to the reaper", fix: "Fix the cause", resume: "Resume", delete_keys: "Delete its keys by hand",
};

/** What a replay waits for, in words. */
export const STEPS = {
  start: "its start", before_model: "the turn's preparation", model: "the model", model_wait: "the model service's own delay",
  publish: "the broker to take its events", retry: "its next attempt", next_state: "its next step",
  archive: "the archive", reaper: "the reaper",
};
