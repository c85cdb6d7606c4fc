// Light and dark: as the system has it, until the reader asks for the other.
"use strict";
(function (wattquery) {
  const KEY = "wattquery-theme";
  const system = matchMedia("(prefers-color-scheme: dark)");

  // Storage is refused in some private windows and for some local files: then a choice lasts as long as the page.
  function remembered() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  }

  function remember(theme) {
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // Nothing to do: see above.
    }
  }

  function build() {
    const toggle = wattquery.dom.$("theme");
    let chosen = ["light", "dark"].includes(remembered()) ? remembered() : null;
    function show() {
      const dark = chosen ? chosen === "dark" : system.matches;
      document.documentElement.dataset.theme = dark ? "dark" : "light";
      toggle.textContent = dark ? "Light colours" : "Dark colours";
    }
    toggle.addEventListener("click", () => {
      chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
      remember(chosen);
      show();
    });
    system.addEventListener("change", show);
    show();
  }

  wattquery.theme = { build };
})((globalThis.wattquery ??= {}));
