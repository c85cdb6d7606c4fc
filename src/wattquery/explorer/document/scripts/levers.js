// The levers that recompute: off, as published, or a factor that is known.
"use strict";
(function (wattquery) {
  const { words } = wattquery;
  const { element, numberField, write } = wattquery.dom;

  // A known factor that is allowed, or null: "off" and "on" are no numbers.
  function factorOf(payload, key, text) {
    const value = wattquery.state.allowed(payload, key, text);
    return typeof value === "number" ? value : null;
  }

  // One lever; `parts` are told of each new view.
  function row(app, lever, parts) {
    const key = `lever:${lever.name}`;
    const id = `lever-${lever.name}`;
    const select = element(
      "select",
      { id, "data-lever": lever.name },
      element("option", { value: "" }, "As in the study"),
      element("option", { value: "off" }, "Off"),
      element("option", { value: "on" }, `As published: ${words.range(lever.low, lever.high)} times less (P5 to P95)`),
      element("option", { value: "known" }, "A known factor"),
    );
    const most =
      app.payload.engine.sliders.find((slider) => slider.name === key)?.maximum ??
      Math.max(10, Math.ceil(1.5 * lever.high));
    const range = element("input", {
      type: "range",
      min: 1,
      max: most,
      step: 0.1,
      "aria-label": `${lever.title}, known factor`,
      "data-slider": key,
    });
    const middle = Number(Math.sqrt(lever.low * lever.high).toPrecision(2));
    const set = (value, kept) =>
      app.change((state) => {
        if (value === "") delete state[state.editing].overrides[key];
        else state[state.editing].overrides[key] = value;
      }, kept);
    const field = numberField(
      app,
      { min: 1, max: 1000, "aria-label": `${lever.title}, known factor as a number`, "data-number": key },
      { allowed: (text) => factorOf(app.payload, key, text), set: (value) => set(value, false) },
    );
    const hint = element("p", { class: "hint" });
    const entry = element(
      "div",
      { class: "known" },
      range,
      element("span", { class: "entry" }, field, element("span", { class: "unit" }, "times less")),
    );
    select.addEventListener("change", () => set(select.value === "known" ? middle : select.value, true));
    range.addEventListener("input", () => set(Number(range.value), false));
    range.addEventListener("change", () => app.keep());
    const box = element(
      "div",
      { class: "slider" },
      element("label", { for: id }, words.capital(lever.title)),
      select,
      entry,
      hint,
    );
    parts.push(({ payload, state }) => {
      const { choice, overrides } = state[state.editing];
      const value = overrides[key];
      const known = typeof value === "number";
      select.value = value === undefined ? "" : known ? "known" : value;
      entry.hidden = !known;
      if (known) {
        range.value = String(value);
        range.setAttribute("aria-valuetext", `${words.number(value, 3)} times less`);
        write(field, value);
      }
      const study = wattquery.engine.study_value(payload, choice, key);
      hint.textContent = words.visible(study.reason ?? `In the study: ${study.text || study.value || "off"}`);
      box.classList.toggle("changed", value !== undefined);
    });
    return box;
  }

  // "serving lever off", "model lever 3 times less".
  function told(payload, name, value) {
    const { title } = payload.engine.levers.find((lever) => `lever:${lever.name}` === name);
    const state = value === "on" ? "as published" : value === "off" ? "off" : `${words.number(value, 3)} times less`;
    return `${title} ${state}`;
  }

  wattquery.levers = { row, words: told };
})((globalThis.wattquery ??= {}));
