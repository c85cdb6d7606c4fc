// The choices: a list for every axis of the study, for one selection or two, with a search in long ones.
"use strict";
(function (wattquery) {
  const { study, words } = wattquery;
  const { $, button, element, fill } = wattquery.dom;
  const LONG = 12; // labels from which on a list has a search

  let fields = [];

  function build(app) {
    const { payload } = app;
    fields = [];
    const compare = element("input", { type: "checkbox", id: "compare" });
    compare.addEventListener("change", () =>
      app.change((state) => {
        state.comparing = compare.checked;
        if (!compare.checked) state.editing = "a";
      }),
    );
    const tools = element(
      "p",
      { id: "compare-tools", class: "tools" },
      button("Copy A to B", () => app.change((state) => (state.b = structuredClone(state.a))), { class: "plain" }),
      button("Swap A and B", () => app.change((state) => ([state.a, state.b] = [state.b, state.a])), {
        class: "plain",
      }),
    );
    const form = $("labels");
    form.addEventListener("submit", (event) => event.preventDefault());
    fill(
      form,
      side(app, "a"),
      element("p", {}, element("label", { class: "check" }, compare, " Compare with a second selection")),
      tools,
      side(app, "b"),
    );
    function update({ state }) {
      compare.checked = state.comparing;
      tools.hidden = !state.comparing;
      $("side-b").hidden = !state.comparing;
      $("legend-a").textContent = state.comparing ? "Selection A" : "Selection";
      for (const field of fields) field.update(payload, state);
    }
    return update;
  }

  function side(app, key) {
    const box = element(
      "fieldset",
      { id: `side-${key}` },
      element("legend", { id: `legend-${key}` }, `Selection ${key.toUpperCase()}`),
    );
    for (const axis of app.payload.axes) {
      if (axis.labels.length > 1 || (axis.name === "model" && study.blends(app.payload).length))
        box.append(choice(app, key, axis));
    }
    if (box.children.length === 1) box.append(element("p", {}, "This study has one combination only."));
    const fixed = app.payload.axes.filter((axis) => axis.labels.length === 1);
    if (fixed.length) box.append(fixedAxes(fixed));
    return box;
  }

  function fixedAxes(axes) {
    const rows = axes.flatMap((axis) => [
      element("dt", {}, words.capital(axisTitle(axis))),
      element("dd", {}, withUnit(axis, axis.labels[0])),
    ]);
    return element(
      "details",
      { class: "fixed" },
      element("summary", {}, "The same throughout"),
      element("dl", {}, rows),
    );
  }

  const withUnit = (axis, label) => (axis.unit && axis.unit !== "1" && axis.numbers ? `${label} ${axis.unit}` : label);
  const axisTitle = (axis) => axis.title || axis.name.replaceAll("_", " ");

  function choice(app, key, axis) {
    const id = `${key}-${axis.name}`;
    const select = element("select", { id, "data-axis": axis.name, "data-side": key });
    const options = axis.labels.map((label, index) =>
      element("option", { value: index, dir: "auto" }, text(axis, label)),
    );
    const blends = axis.name === "model" ? study.blends(app.payload) : [];
    const mixed = blends.map((blend, index) =>
      element("option", { value: `blend:${index}`, title: blend.title, dir: "auto" }, words.shortened(blend.label, 80)),
    );
    const group = mixed.length ? element("optgroup", { label: "Blends" }, mixed) : null;
    fill(select, options, group);
    select.addEventListener("change", () =>
      app.change((state) => {
        state[key].choice[axis.name] = select.value.startsWith("blend:") ? select.value : Number(select.value);
      }),
    );
    const definition = element("p", { class: "hint", id: `${id}-hint` });
    const row = element("div", { class: "field" }, element("label", { for: id }, words.capital(axisTitle(axis))));
    if (axis.labels.length > LONG) row.append(search(select, options, axis));
    row.append(select, definition);
    fields.push({ update: (payload, state) => refresh(payload, state) });
    return row;

    function refresh(payload, state) {
      const chosen = state[key].choice[axis.name];
      select.value = String(chosen);
      const defined =
        typeof chosen === "number" ? axis.definitions?.[axis.labels[chosen]] : blends[Number(chosen.slice(6))]?.title;
      definition.hidden = !defined;
      definition.textContent = defined ? words.visible(defined) : "";
      select.toggleAttribute("aria-describedby", false);
      if (defined) select.setAttribute("aria-describedby", definition.id);
      for (const [index, option] of options.entries()) {
        const known = study.hasData(payload, { ...state[key].choice, [axis.name]: index });
        const told = known ? text(axis, axis.labels[index]) : `${text(axis, axis.labels[index])} (no data)`;
        if (option.textContent !== told) option.textContent = told;
      }
    }
  }

  const text = (axis, label) => words.shortened(withUnit(axis, label), 90);

  // Typing leaves the labels that contain it, Enter takes the first of them, Escape shows all again.
  function search(select, options, axis) {
    const field = element("input", {
      type: "search",
      placeholder: `Search ${axis.labels.length} labels`,
      "aria-label": `Search in ${axisTitle(axis)}`,
      autocomplete: "off",
    });
    function filter() {
      const wanted = field.value.trim().toLowerCase();
      for (const option of options) option.hidden = !option.textContent.toLowerCase().includes(wanted);
    }
    field.addEventListener("input", filter);
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        field.value = "";
        filter();
      } else if (event.key === "Enter") {
        event.preventDefault();
        const first = options.find((option) => !option.hidden);
        if (!first || !field.value.trim()) return;
        select.value = first.value;
        select.dispatchEvent(new Event("change"));
        select.focus();
      }
    });
    return field;
  }

  wattquery.controls = { axisTitle, build };
})((globalThis.wattquery ??= {}));
