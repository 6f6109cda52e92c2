/** The small tree along the top of a run: parent, itself, children by turn. */
import {isolate} from "../bidi.js";
import {Component, html} from "../html.js";
import {compareAddress} from "../address.js";
import {rowStatus} from "../status.js";
import {Icon} from "./icons.js";

const POLL_MILLIS = 4_000;
/** Children shown along the top; more are on the page of the tree. */
export const SHOWN = 8;

/** Reads a run's parent and children again and again; the result goes to `onFamily`. */
export class Family {
  #api;
  #runId;
  #onFamily;
  #abort = new AbortController();
  #timer = null;
  #parent = null;

  constructor(api, runId, onFamily) {
    this.#api = api;
    this.#runId = runId;
    this.#onFamily = onFamily;
    this.#poll();
  }

  close() {
    this.#abort.abort();
    clearTimeout(this.#timer);
  }

  /** Sets the parent's id, once the run's row is known. */
  async withParent(parentId) {
    if (this.#parent === null && parentId !== null) {
      this.#parent = {run_id: parentId, label: parentId.slice(0, 8)};
      try {
        this.#parent = await this.#api.get(`/runs/${parentId}`, {signal: this.#abort.signal});
      } catch {
        // the id is shown in place of the label
      }
      this.#report();
    }
  }

  async #poll() {
    if (!document.hidden) {
      try {
        const {rows, next} = await this.#api.page(`/runs?parent_run_id=${this.#runId}&limit=${SHOWN + 1}`, {signal: this.#abort.signal});
        this.children = rows;
        this.more = next !== null || rows.length > SHOWN;
        this.#report();
      } catch {
        // the next poll repeats it
      }
    }
    if (!this.#abort.signal.aborted) {
      this.#timer = setTimeout(() => this.#poll(), POLL_MILLIS);
    }
  }

  #report() {
    if (!this.#abort.signal.aborted) {
      this.#onFamily({parent: this.#parent, children: this.children ?? [], more: this.more ?? false});
    }
  }
}

export class Lineage extends Component {
  render({row, parent, children: _, kin, more}) {
    if (parent === null && kin.length === 0) {
      return null;
    }
    return html`
      <nav class="lineage" aria-label="Lineage" data-test="lineage">
        ${parent !== null && html`
          <a class="kin" href=${`#/runs/${parent.run_id}?t=${row.parent_t}`} data-test="lineage-parent"
              title="The parent, at the turn of the fork">
            <${Icon} name="back"/><span class="clip"><bdi>${parent.label}</bdi></span><span
                class="muted">t${row.parent_t}</span>
          </a>
          <a class="button compact" href=${compareAddress([parent.run_id, row.run_id], row.parent_t)}
              data-test="compare-parent"><${Icon} name="compare"/>Compare with the parent</a>`}
        ${kin.length > 0 && html`
          <span class="muted nowrap">${more ? "newest forks" : kin.length === 1 ? "1 fork" : `${kin.length} forks`}</span>
          ${kin.slice(0, SHOWN).sort((a, b) => a.parent_t - b.parent_t).map(child => html`
            <a key=${child.run_id} class="kin" href=${compareAddress([row.run_id, child.run_id], child.parent_t)}
                data-test="lineage-child"
                title=${`${isolate(child.label)}: ${rowStatus(child).word}; compare`}>
              <span class="kin-dot" data-tone=${rowStatus(child).tone}></span><span
                  class="muted">t${child.parent_t}</span><span class="clip"><bdi>${child.label}</bdi></span>
            </a>`)}`}
        <a class="button quiet compact" href=${`#/tree/${row.run_id}`} data-test="tree-open"><${Icon} name="tree"/>Tree</a>
      </nav>`;
  }
}
