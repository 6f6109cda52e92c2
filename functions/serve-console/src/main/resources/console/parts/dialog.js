/** Dialogs: the help of keys, and the confirmation of what cannot be undone. */
import {Component, createRef, html} from "../html.js";
import {listed} from "../keys.js";
import {Icon} from "./icons.js";
import {Sentence} from "./sentence.js";

/** A modal dialog; open while it is rendered. The browser keeps the focus inside and gives it back. */
export class Dialog extends Component {
  ref = createRef();

  componentDidMount() {
    this.ref.current.showModal();
  }

  render({title, onClose, test, children}) {
    return html`
      <dialog ref=${this.ref} onClose=${onClose} aria-labelledby="dialog-title" data-test=${test}
          onClick=${event => event.target === this.ref.current && this.ref.current.close()}>
        <div class="dialog-head">
          <h2 id="dialog-title">${title}</h2>
          <button class="icon-button" aria-label="Close" onClick=${() => this.ref.current.close()}><${Icon}
              name="cross"/></button>
        </div>
        ${children}
      </dialog>`;
  }
}

export function KeysHelp({onClose}) {
  return html`
    <${Dialog} title="Keys" onClose=${onClose} test="keys-help">
      ${listed().map(({title, keys}) => html`
        <dl class="keys-group" key=${title}>
          <h3>${title}</h3>
          ${keys.filter(one => one.shown).map(one => html`
            <dt key=${`${one.shown}t`}><kbd>${one.shown}</kbd></dt><dd key=${`${one.shown}d`}>${one.does}</dd>`)}
        </dl>`)}
    <//>`;
}

/** Asks before something is done that cannot be undone; what it costs is part of the question. */
export function Confirm({title, text, action, onConfirm, onClose}) {
  return html`
    <${Dialog} title=${title} onClose=${onClose} test="confirm">
      <p><${Sentence} text=${text}/></p>
      <div class="dialog-foot">
        <button class="button" onClick=${event => event.target.closest("dialog").close()}>Keep it as it is</button>
        <button class="button danger" data-test="confirm-action" onClick=${event => {
          onConfirm();
          event.target.closest("dialog").close();
        }}>${action}</button>
      </div>
    <//>`;
}
