/** Asks for a token, where the deployment needs one; also when the one at hand has expired. */
import {Component, createRef, html} from "../html.js";

export class TokenView extends Component {
  state = {wrong: false};
  field = createRef();

  componentDidMount() {
    document.title = "Token · arena";
    this.field.current.focus();
    this.props.ready();
  }

  submit = event => {
    event.preventDefault();
    this.setState({wrong: !this.props.onToken(this.field.current.value.trim())});
  };

  render({refused}, {wrong}) {
    return html`
      <div class="page narrow">
        <form class="panel token-form" onSubmit=${this.submit} data-test="token-form" novalidate>
          <h1>${refused ? "This token is not accepted any more" : "This arena asks for a token"}</h1>
          <p class="muted">${refused ? "It has expired or was revoked. Enter another one; you come back to where you were."
            : "The operators of the arena make one. A viewer's token reads; an operator's also starts, forks and stops runs."}</p>
          <label class="field">
            <span class="label">Token</span>
            <input class="input" type="password" autocomplete="off" spellcheck=${false} placeholder="arena_…"
                ref=${this.field}
              aria-invalid=${String(wrong)} aria-describedby="token-error" data-test="token-field"/>
          </label>
          <p class="field-error" id="token-error"
              role="alert">${wrong && "A token starts with arena_ and has 58 characters; copy the whole of it."}</p>
          <div class="row"><button class="button primary" data-test="token-submit">Use this token</button></div>
          <p class="small muted">Kept in this tab until it is closed, and sent to this arena only.
            To make one: <code>./arena token create --role viewer --label NAME</code></p>
        </form>
      </div>`;
  }
}
