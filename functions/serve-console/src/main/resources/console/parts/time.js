/** A time: relative, exact on hover; refreshed by one timer for the whole page. */
import {Component, html} from "../html.js";
import {ago, exact} from "../format.js";

const mounted = new Set();
setInterval(() => document.hidden || mounted.forEach(one => one.tick()), 5_000);

export class Time extends Component {
  componentDidMount() {
    mounted.add(this);
  }

  componentWillUnmount() {
    mounted.delete(this);
  }

  tick() {
    this.setState({});
  }

  render({at}) {
    return at === null || at === undefined ? html`<span class="muted">–</span>`
      : html`<time class="nowrap" datetime=${at} title=${exact(at)}>${ago(at, Date.now())}</time>`;
  }
}
