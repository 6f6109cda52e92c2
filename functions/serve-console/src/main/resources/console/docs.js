// Shows the description of the HTTP interface, whose calls can be tried from the page.
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
const applyTheme = () => {
  const chosen = document.documentElement.dataset.theme;
  document.documentElement.classList.toggle("dark-mode", chosen === undefined ? systemIsDark.matches : chosen === "dark");
};
systemIsDark.addEventListener("change", applyTheme);
applyTheme();

window.SwaggerUIBundle({
  url: "/openapi.yaml",
  dom_id: "#docs",
  deepLinking: true,
  docExpansion: "list",
  validatorUrl: null,
  // The page's own origin, not the example servers of the description.
  requestInterceptor: (request) => {
    const url = new URL(request.url, location.href);
    request.url = new URL(url.pathname + url.search, location.href).href;
    return request;
  },
  onComplete: () => {
    document.body.dataset.ready = "docs";
  },
});
