// The sliders that recompute, in groups: each with a number field, its unit, and the way back to the study.
"use strict";
(function (wattquery) {
  const { words } = wattquery;
  const { $, button, element, fill, numberField, write } = wattquery.dom;
  const { row: leverRow, words: leverWords } = wattquery.levers;
  const GROUPS = { site: "Site", lengths: "Lengths", load: "Load", power: "Power", levers: "Levers" };
  const STEPS = 1000; // of a slider with a logarithmic scale

  let parts = [];

  function build(app) {
    parts = [];
    const { engine } = app.payload;
    const place = $("sliders");
    if (!engine) {
      const why =
        app.payload.why_no_engine ||
        "No sliders: this file holds results that do not follow from one equation per query.";
      fill(place, element("p", { class: "quiet" }, why));
      return () => {};
    }
    const groups = Object.entries(GROUPS).map(([name, title], place) => group(app, name, title, place === 0));
    fill(place, editing(app), groups);
    return (view) => parts.forEach((part) => part(view));
  }

  // Which of two selections the sliders change.
  function editing(app) {
    const radio = (key) => {
      const field = element("input", { type: "radio", name: "editing", value: key, id: `editing-${key}` });
      field.addEventListener("change", () => app.change((state) => (state.editing = key)));
      return [field, element("label", { class: "check" }, field, ` ${key.toUpperCase()}`)];
    };
    const [[a, labelA], [b, labelB]] = [radio("a"), radio("b")];
    const box = element(
      "fieldset",
      { class: "inline" },
      element("legend", {}, "The sliders change selection"),
      labelA,
      labelB,
    );
    parts.push(({ state }) => {
      box.hidden = !state.comparing;
      (state.editing === "a" ? a : b).checked = true;
    });
    return box;
  }

  function group(app, name, title, open) {
    const { sliders, levers } = app.payload.engine;
    const rows = sliders
      .filter((row) => row.group === name && !row.name.startsWith("lever:"))
      .map((row) => (row.reason ? absent(row) : slider(app, row)));
    if (name === "levers") rows.push(...(levers ?? []).map((row) => leverRow(app, row, parts)));
    if (!rows.length) return null;
    const made = element("details", { class: "group" }, element("summary", {}, title), rows);
    made.open = open || name === "lengths" || name === "load";
    return made;
  }

  const absent = (row) => element("p", { class: "hint" }, `${row.title}: ${row.reason}`);

  // Between the thumb of a slider and the value: as it is, by its logarithm, or by the number of a stop.
  function scaleOf(row) {
    const { minimum, maximum, step, values, logarithmic } = row;
    if (values?.length) {
      const nearest = (value) =>
        values.reduce(
          (best, stop, place) => (Math.abs(stop - value) < Math.abs(values[best] - value) ? place : best),
          0,
        );
      return { low: 0, high: values.length - 1, step: 1, place: nearest, value: (at) => values[at] };
    }
    const rounded = (value) =>
      Math.min(maximum, Math.max(minimum, Number((Math.round(value / step) * step).toPrecision(10))));
    if (!logarithmic) return { low: minimum, high: maximum, step, place: (value) => value, value: rounded };
    const width = Math.log(maximum / minimum);
    return {
      low: 0,
      high: STEPS,
      step: 1,
      place: (value) => (STEPS * Math.log(value / minimum)) / width,
      value: (at) => rounded(minimum * Math.exp((width * at) / STEPS)),
    };
  }

  function slider(app, row) {
    const id = `slider-${row.name}`;
    const scale = scaleOf(row);
    const range = element("input", {
      type: "range",
      id,
      min: scale.low,
      max: scale.high,
      step: scale.step,
      "data-slider": row.name,
    });
    const back = button(
      "As in the study",
      () => app.change((state) => delete state[state.editing].overrides[row.name]),
      { class: "plain small" },
    );
    back.setAttribute("aria-label", `${row.title}: as in the study`);
    const hint = element("p", { class: "hint", id: `${id}-hint` });
    range.setAttribute("aria-describedby", hint.id);
    const set = (value, entry) => app.change((state) => (state[state.editing].overrides[row.name] = value), entry);
    range.addEventListener("input", () => set(scale.value(Number(range.value)), false));
    range.addEventListener("change", () => app.keep());
    const field = numberField(
      app,
      {
        id: `${id}-number`,
        min: row.minimum,
        max: row.maximum,
        "aria-label": `${row.title}, as a number`,
        "data-number": row.name,
      },
      { allowed: (text) => wattquery.state.allowed(app.payload, row.name, text), set: (value) => set(value, false) },
    );
    parts.push(({ payload, state }) => {
      const { choice, overrides } = state[state.editing];
      const study = wattquery.engine.study_value(payload, choice, row.name);
      const isSet = row.name in overrides;
      const value = isSet ? overrides[row.name] : study.value;
      const dead = !isSet && study.value === null && Boolean(study.reason);
      range.disabled = field.disabled = dead;
      const shown = value ?? row.minimum;
      range.value = String(scale.place(Math.min(row.maximum, Math.max(row.minimum, shown))));
      write(
        field,
        value,
        value === null || value === undefined ? "" : String(Number(Number(value).toPrecision(isSet ? 10 : 4))),
      );
      range.setAttribute("aria-valuetext", words.withUnit(value ?? NaN, row.unit, 3));
      back.hidden = !isSet;
      hint.textContent = words.visible(
        dead ? study.reason : `In the study: ${study.text || words.withUnit(study.value, row.unit, 3)}`,
      );
      box.classList.toggle("changed", isSet);
    });
    const unit = row.unit && row.unit !== "1" ? element("span", { class: "unit" }, row.unit) : null;
    const box = element(
      "div",
      { class: "slider" },
      element("label", { for: id }, words.capital(row.title)),
      range,
      element("span", { class: "entry" }, field, unit),
      hint,
      back,
    );
    return box;
  }

  // "PUE 1.2", "serving lever off", "model lever 3 times less".
  function told(payload, name, value) {
    if (name.startsWith("lever:")) return leverWords(payload, name, value);
    const row = payload.engine.sliders.find((slider) => slider.name === name);
    const unit = row.unit && row.unit !== "1" ? ` ${row.unit}` : "";
    return `${row.title} ${words.grouped(Number(value.toPrecision(6)))}${unit}`;
  }

  wattquery.sliders = { build, words: told };
})((globalThis.wattquery ??= {}));
