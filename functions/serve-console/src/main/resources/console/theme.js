// Applies the chosen theme before the first paint; a classic script, because modules run later.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("arena.theme");
  } catch {
    // storage is not allowed: the system's theme
  }
  if (chosen === "light" || chosen === "dark") {
    document.documentElement.dataset.theme = chosen;
  }
})();
