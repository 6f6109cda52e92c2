/** Icons: our own strokes on a 16-pixel grid. */
import {html} from "../html.js";

const PATHS = {
  search: "M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9ZM10.5 10.5 14 14",
  sun: "M8 5a3 3 0 1 0 0 6a3 3 0 0 0 0-6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1",
  moon: "M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7Z",
  auto: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM8 2v12M8 5h4M8 8h6M8 11h4",
  fork: "M4 2.5v11M4 10c0-3 8-2 8-6.5M9.5 5.5 12 3l2.5 2.5",
  first: "M12 3 6 8l6 5M4 3v10",
  back: "M10 3 5 8l5 5",
  next: "M6 3l5 5-5 5",
  last: "M4 3l6 5-6 5M12 3v10",
  play: "M5 3v10l8-5Z",
  pause: "M5 3v10M11 3v10",
  follow: "M2 8h9M8 4.5 11.5 8 8 11.5M14 3v10",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  check: "M3 8.5 6.5 12 13 4.5",
  cross: "M4 4l8 8M12 4l-8 8",
  undo: "M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M3 6.5 6 3.5M3 6.5l3 3",
  plus: "M8 3v10M3 8h10",
  tree: "M3 2.5v9a2 2 0 0 0 2 2h3M3 6h5M10.5 4.5h3v3h-3zM10.5 12h3v3h-3z",
  compare: "M2.5 3h4.5v10H2.5zM9 3h4.5v10H9z",
  warning: "M8 2 15 14H1ZM8 6.5v3.5M8 12v.1",
  download: "M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
  keys: "M1.5 4h13v8h-13zM4 6.5h.1M6.5 6.5h.1M9 6.5h.1M11.5 6.5h.1M4.5 9.5h7",
  down: "M4 6l4 4 4-4",
};

export function Icon({name}) {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${PATHS[name]}/></svg>`;
}
