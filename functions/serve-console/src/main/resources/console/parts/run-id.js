/** A run id: shown short, copied whole. */
import {Component, html} from "../html.js";
import {shortId} from "../format.js";
import {Icon} from "./icons.js";

export class RunId extends Component {
  state = {copied: false};

  copy = async () => {
    try {
      await navigator.clipboard.writeText(this.props.id);
    } catch {
      // No clipboard in insecure contexts: the whole id is selected for copying by hand.
      prompt("Run id", this.props.id);
      return;
    }
    this.setState({copied: true});
    this.timer = setTimeout(() => this.setState({copied: false}), 1_500);
  };

  componentWillUnmount() {
    clearTimeout(this.timer);
  }

  render({id}, {copied}) {
    return html`
      <button class="run-id" title=${`${id}: copy`}
          aria-label=${`${shortId(id)}, ${copied ? "copied" : "copy the whole run id"}`} onClick=${this.copy}>
        <code>${shortId(id)}</code><${Icon} name=${copied ? "check" : "copy"}/>
      </button>`;
  }
}
