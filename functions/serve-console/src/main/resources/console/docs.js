// Shows the description of the HTTP interface, whose calls can be tried from the page.
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
const applyTheme = () => {
  const chosen = document.documentElement.dataset.theme;
  document.documentElement.classList.toggle("dark-mode", chosen === undefined ? systemIsDark.matches : chosen === "dark");
};
systemIsDark.addEventListener("change", applyTheme);
applyTheme();

// An operation's name is text, not a link within the button that opens it. The servers are examples, and calls go to the
// page's own origin, so there is nothing to choose from.
const accessible = ({ React }) => ({
  components: {
    DeepLink: ({ text }) => React.createElement("span", null, text),
    ServersContainer: () => null,
  },
});

window.SwaggerUIBundle({
  url: "/openapi.yaml",
  dom_id: "#docs",
  deepLinking: true,
  docExpansion: "list",
  validatorUrl: null,
  plugins: [accessible],
  requestInterceptor: (request) => {
    const url = new URL(request.url, location.href);
    request.url = new URL(url.pathname + url.search, location.href).href;
    return request;
  },
  onComplete: () => {
    document.body.dataset.ready = "docs";
  },
});
