/** Walks the turns: buttons, a slider with marks, play at a speed, follow the newest. */
import {html} from "../html.js";
import {Icon} from "./icons.js";

export const SPEEDS = [1, 2, 5, 10, 20];

/**
 * @param {object} props
 * @param {number} props.first @param {number} props.last turns with a state
 * @param {{t: number, kind: string, title: string}[]} props.marks
 */
export function Scrubber(props) {
  const {first, last, turn, step, following, canFollow, playing, speed, marks, onTurn, onPlay, onSpeed, onFollow} = props;
  const span = Math.max(1, last - first);
  return html`
    <div class="scrubber" data-test="scrubber-bar">
      <div class="row scrubber-buttons">
        <${Step} icon="first" label="First turn" hint="Home" disabled=${turn <= first} onClick=${() => onTurn(first)}/>
        <${Step} icon="back" label="Turn back" hint="←" test="turn-back" disabled=${turn <= first}
            onClick=${() => onTurn(step(-1))}/>
        <button class="icon-button" aria-label=${playing ? "Pause" : "Play"} title=${`${playing ? "Pause" : "Play"}  Space`}
            data-test="play"
          aria-pressed=${String(playing)} onClick=${onPlay}><${Icon} name=${playing ? "pause" : "play"}/></button>
        <${Step} icon="next" label="Next turn" hint="→" test="turn-next" disabled=${turn >= last}
            onClick=${() => onTurn(step(1))}/>
        <${Step} icon="last" label="Last turn" hint="End" disabled=${turn >= last} onClick=${() => onTurn(last)}/>
      </div>
      <div class="scrubber-track">
        <svg class="scrubber-marks" aria-hidden="true">
          ${marks.filter(mark => mark.t >= first && mark.t <= last).map(mark => html`
            <rect key=${`${mark.kind}${mark.t}`} class=${`mark-${mark.kind}`} x=${`${100 * (mark.t - first) / span}%`}
                width="3" height="8" rx="1"><title>${mark.title}</title></rect>`)}
        </svg>
        <input type="range" min=${first} max=${Math.max(first + 1, last)} step="1" value=${turn} aria-label="Turn"
            aria-valuetext=${`turn ${turn}`}
          data-test="scrubber" onInput=${event => onTurn(Number(event.target.value))}/>
      </div>
      <output class="scrubber-turn nowrap" data-test="turn">turn <b>${turn}</b><span
          class="muted"> / ${last}</span></output>
      <select class="input scrubber-speed" aria-label="Speed" title="Turns a second" value=${speed} data-test="speed"
          onChange=${event => onSpeed(Number(event.target.value))}>
        ${SPEEDS.map(one => html`<option key=${one} value=${one}>${one}/s</option>`)}
      </select>
      <button class="button follow" aria-pressed=${String(following)} disabled=${!canFollow && following}
          title="Follow the newest turn  F" data-test="follow" onClick=${onFollow}>
        <${Icon} name="follow"/><span>${!following ? "Follow" : canFollow ? "Following" : "Newest"}</span>
      </button>
    </div>`;
}

function Step({icon, label, hint, test, disabled, onClick}) {
  return html`
    <button class="icon-button" aria-label=${label} title=${`${label}  ${hint}`} data-test=${test} disabled=${disabled}
        onClick=${onClick}>
      <${Icon} name=${icon}/>
    </button>`;
}
