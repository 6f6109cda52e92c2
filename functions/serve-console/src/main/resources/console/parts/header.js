/** The frame's head: where one is, whether the page is live, search, keys, theme. */
import {Component, html} from "../html.js";
import {Icon} from "./icons.js";

const NAV = [
  {view: "runs", href: "#/", label: "Runs", also: ["run", "tree"]},
  {view: "compare", href: "#/compare", label: "Compare"},
  {view: "experiments", href: "#/experiments", label: "Experiments", also: ["experiment", "races", "race", "new-race", "ranking"]},
  {view: "operations", href: "#/operations", label: "Operations"},
];

const CONNECTION = {
  connecting: {label: "connecting", title: "Connecting to the arena"},
  live: {label: "live", title: "What you see is the state of this moment"},
  lost: {label: "connection lost", title: "The arena does not answer; the console keeps trying"},
  unauthorized: {label: "no token", title: "The arena asks for a token"},
};

export function Header({view, connection, hasToken, onSearch, onKeys, onForgetToken}) {
  return html`
    <header class="header">
      <a class="brand" href="#/" aria-label="arena: runs">
        <svg viewBox="0 0 20 20" aria-hidden="true" class="brand-mark">
          <path class="a" d="M10 1.5 19 6.5 10 11.5 1 6.5Z"/><path class="b" d="M1 8.5 10 13.5v5L1 13.5Z"/><path class="c"
              d="M19 8.5 10 13.5v5l9-5Z"/>
        </svg>
        arena
      </a>
      <nav class="nav" aria-label="Main">
        ${NAV.map(one => html`
          <a key=${one.view} href=${one.href}
            aria-current=${one.view === view || one.also?.includes(view) ? "page" : undefined}>${one.label}</a>`)}
        <a href="/docs">API</a>
      </nav>
      <div class="header-tools">
        <span class="connection" data-state=${connection} data-test="connection-state" role="status"
            title=${CONNECTION[connection].title}>
          <span class="dot"></span>${CONNECTION[connection].label}
        </span>
        <button class="icon-button" onClick=${onSearch} aria-label="Search" title="Search  /" data-test="search"><${Icon}
            name="search"/></button>
        <button class="icon-button" onClick=${onKeys} aria-label="Keys" title="Keys  ?" data-test="keys"><${Icon}
            name="keys"/></button>
        ${hasToken && html`
          <button class="button quiet compact" onClick=${onForgetToken} data-test="token-forget">Sign out</button>`}
        <${ThemeSwitch}/>
      </div>
    </header>`;
}

const THEMES = [
  {value: "system", icon: "auto", label: "Theme: the system's"},
  {value: "light", icon: "sun", label: "Theme: light"},
  {value: "dark", icon: "moon", label: "Theme: dark"},
];

/** Goes through the system's theme, light and dark; the choice is kept in the browser. */
class ThemeSwitch extends Component {
  state = {theme: document.documentElement.dataset.theme ?? "system"};

  next = () => {
    const at = THEMES.findIndex(one => one.value === this.state.theme);
    const {value} = THEMES[(at + 1) % THEMES.length];
    try {
      localStorage.setItem("arena.theme", value);
    } catch {
      // the choice lasts as long as the page
    }
    if (value === "system") {
      delete document.documentElement.dataset.theme;
    } else {
      document.documentElement.dataset.theme = value;
    }
    document.dispatchEvent(new Event("themechange"));
    this.setState({theme: value});
  };

  render(_, {theme}) {
    const {icon, label} = THEMES.find(one => one.value === theme);
    return html`
      <button class="icon-button" onClick=${this.next} aria-label=${label} title=${label} data-test="theme-switch">
        <${Icon} name=${icon}/>
      </button>`;
  }
}
