/**
 * The console: reads the address, shows its view, and keeps the frame around it.
 *
 * @module main
 */
import {format, parse} from "./address.js";
import {Api, Problem} from "./api.js";
import {Component, html, render} from "./html.js";
import {bind, listen} from "./keys.js";
import {KeysHelp} from "./parts/dialog.js";
import {Header} from "./parts/header.js";
import {Notice, ProblemNotice, Skeleton} from "./parts/states.js";

/** The modules of the views, loaded when they are first shown; how one is added is in README.md. */
const VIEWS = {
  runs: async () => (await import("./views/runs.js")).RunsView,
  run: async () => (await import("./views/run.js")).RunView,
  compare: async () => (await import("./views/compare.js")).CompareView,
  operations: async () => (await import("./views/operations.js")).OperationsView,
  start: async () => (await import("./views/start.js")).StartView,
  tree: async () => (await import("./views/tree.js")).TreeView,
  experiments: async () => (await import("./views/experiments.js")).ExperimentsView,
  experiment: async () => (await import("./views/experiment.js")).ExperimentView,
  races: async () => (await import("./views/races.js")).RacesView,
  race: async () => (await import("./views/race.js")).RaceView,
  "new-race": async () => (await import("./views/new-race.js")).NewRaceView,
  ranking: async () => (await import("./views/ranking.js")).RankingView,
  token: async () => (await import("./views/token.js")).TokenView,
};

const RETRY_MILLIS = 3_000;
/** Time after the first view until the others are loaded, so that going to them is instant. */
const PRELOAD_MILLIS = 2_000;

class App extends Component {
  api = new Api(location.origin);
  /** Components of the views that were loaded. */
  views = new Map();
  requested = new Set();
  state = {route: parse(location.hash), deployment: null, problem: null, connection: "connecting", refused: false, help: false};

  componentDidMount() {
    addEventListener("hashchange", this.addressChanged);
    addEventListener("popstate", this.addressChanged);
    this.api.reachability.subscribe(connection => this.connectionChanged(connection));
    bind("Everywhere", [
      {key: "?", shown: "?", does: "show the keys", run: () => this.setState({help: true})},
      {key: "/", shown: "/", does: "search", run: this.search},
      {key: "g", shown: "g", does: "go to the runs", run: () => this.go({view: "runs"})},
      {key: "o", shown: "o", does: "go to operations", run: () => this.go({view: "operations"})},
      {key: "a", shown: "a", does: "go to the experiments", run: () => this.go({view: "experiments"})},
      {key: "s", shown: "s", does: "start a run", run: () => this.go({view: "start"})},
    ]);
    listen();
    this.load();
  }

  load = async () => {
    try {
      this.setState({deployment: await this.api.loadDeployment(), problem: null});
    } catch (problem) {
      this.setState({problem});
      setTimeout(this.load, RETRY_MILLIS);
    }
  };

  connectionChanged(connection) {
    this.setState({connection});
    if (connection === "unauthorized" && !this.state.refused) {
      this.setState({refused: this.api.token !== null});
      this.useToken(null);
    }
  }

  addressChanged = () => {
    const route = parse(location.hash);
    if (format(route) !== format(this.state.route)) {
      this.show(route);
    }
  };

  /** Goes to a route; `replace` keeps the back button at the view before. */
  go = ({params = {}, ...rest}, {replace = false} = {}) => {
    const route = {...rest, params};
    const address = format(route);
    if (address !== format(this.state.route) || location.hash !== address) {
      history[replace ? "replaceState" : "pushState"](null, "", address);
      this.show(route);
    }
  };

  show(route) {
    const before = this.state.route;
    if (before.view !== route.view || before.id !== route.id) {
      delete document.body.dataset.ready;
      scrollTo(0, 0);
      document.getElementById("main").focus({preventScroll: true}); // the next Tab starts with the new view
    }
    this.setState({route});
  }

  useToken = token => {
    if (!this.api.setToken(token)) {
      return false;
    }
    if (token !== null) {
      this.api.reachability.set("connecting");
      this.setState({refused: false});
    }
    this.setState({});
    return true;
  };

  forgetToken = () => {
    this.setState({refused: false});
    this.useToken(null);
  };

  /** Focuses the view's search, or goes to that of the runs. */
  search = () => {
    const field = document.querySelector("[data-search]");
    if (field === null) {
      this.go({view: "runs"});
      requestAnimationFrame(() => document.querySelector("[data-search]")?.focus());
    } else {
      field.focus();
      field.select();
    }
  };

  ready = () => {
    document.body.dataset.ready = this.needsToken ? "token" : this.state.route.view;
    if (!this.preloading) {
      this.preloading = true;
      setTimeout(() => Object.keys(VIEWS).forEach(name => this.loadView(name)), PRELOAD_MILLIS);
    }
  };

  /** The component of a view; undefined until it is loaded. */
  view(name) {
    if (!this.views.has(name)) {
      this.loadView(name);
    }
    return this.views.get(name);
  }

  async loadView(name) {
    if (this.requested.has(name)) {
      return;
    }
    this.requested.add(name);
    try {
      this.views.set(name, await VIEWS[name]());
    } catch {
      // A deployment has replaced the files, or the connection is lost: the page at / names the files that there are.
      this.setState({problem: new Problem("unreachable", "A part of the console could not be loaded; reload the page.")});
    }
    this.setState({});
  }

  get needsToken() {
    return this.state.deployment?.token_required === true && this.api.token === null;
  }

  render(_, {route, deployment, problem, connection, refused, help}) {
    return html`
      <a class="skip" href="#main" onClick=${event => {
        event.preventDefault();
        document.getElementById("main").focus();
      }}>Skip to the content</a>
      <${Header} view=${route.view} connection=${this.needsToken ? "unauthorized" : connection}
        hasToken=${deployment?.token_required === true && this.api.token !== null}
        onSearch=${this.search} onKeys=${() => this.setState({help: true})} onForgetToken=${this.forgetToken}/>
      <main class=${`main view-${route.view}`} id="main" tabindex="-1">
        ${this.content(route, deployment, problem, refused)}
      </main>
      ${help && html`<${KeysHelp} onClose=${() => this.setState({help: false})}/>`}`;
  }

  content(route, deployment, problem, refused) {
    if (deployment === null) {
      return html`<div class="page">${problem === null ? html`<${Skeleton}/>` : html`<${ProblemNotice} alone
          problem=${problem} onRetry=${this.load}/>`}</div>`;
    }
    if (this.needsToken) {
      const TokenView = this.view("token");
      return TokenView && html`<${TokenView} refused=${refused} onToken=${this.useToken} ready=${this.ready}/>`;
    }
    if (VIEWS[route.view] === undefined) {
      this.ready();
      return html`
        <div class="page"><${Notice} alone title="There is nothing at this address"
            text="It may have been cut off when it was copied." test="unknown-address">
          <a class="button" href="#/">All runs</a>
        <//></div>`;
    }
    const View = this.view(route.view);
    if (View === undefined) {
      return html`<div class="page">${problem === null ? html`<${Skeleton}/>`
        : html`<${ProblemNotice} alone problem=${problem} onRetry=${() => location.reload()}/>`}</div>`;
    }
    return html`
      <${View} key=${`${route.view}/${route.id ?? ""}`} api=${this.api} deployment=${deployment}
        route=${route} go=${this.go} ready=${this.ready}/>`;
  }
}

render(html`<${App}/>`, document.getElementById("app"));
