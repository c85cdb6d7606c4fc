// The sliders and levers that recompute: each with a number field, its unit, and the way back to the study.
"use strict";
(function (wattquery) {
  const {words} = wattquery;
  const {$, button, element, fill, write} = wattquery.dom;
  const GROUPS = {site: "Site", lengths: "Lengths", load: "Load", power: "Power", levers: "Levers"};
  const STEPS = 1000; // of a slider with a logarithmic scale

  let parts = [];

  function build(app) {
    parts = [];
    const {engine} = app.payload;
    const place = $("sliders");
    if (!engine) {
      const why = app.payload.why_no_engine || "No sliders: this file holds results that do not follow from one equation per query.";
      fill(place, element("p", {class: "quiet"}, why));
      return () => {};
    }
    const groups = Object.entries(GROUPS).map(([name, title], place) => group(app, name, title, place === 0));
    fill(place, editing(app), groups);
    return (view) => parts.forEach((part) => part(view));
  }

  // Which of two selections the sliders change.
  function editing(app) {
    const radio = (key) => {
      const field = element("input", {type: "radio", name: "editing", value: key, id: `editing-${key}`});
      field.addEventListener("change", () => app.change((state) => (state.editing = key)));
      return [field, element("label", {class: "check"}, field, ` ${key.toUpperCase()}`)];
    };
    const [[a, labelA], [b, labelB]] = [radio("a"), radio("b")];
    const box = element("fieldset", {class: "inline"}, element("legend", {}, "The sliders change selection"), labelA, labelB);
    parts.push(({state}) => {
      box.hidden = !state.comparing;
      (state.editing === "a" ? a : b).checked = true;
    });
    return box;
  }

  function group(app, name, title, open) {
    const {sliders, levers} = app.payload.engine;
    const rows = sliders.filter((row) => row.group === name && !row.name.startsWith("lever:")).map((row) => (row.reason ? absent(row) : slider(app, row)));
    if (name === "levers") rows.push(...(levers ?? []).map((row) => lever(app, row)));
    if (!rows.length) return null;
    const made = element("details", {class: "group"}, element("summary", {}, title), rows);
    made.open = open || name === "lengths" || name === "load";
    return made;
  }

  const absent = (row) => element("p", {class: "hint"}, `${row.title}: ${row.reason}`);

  // Where the study itself stands: {value, text}, or {value: null, reason} where a slider does nothing here.
  function inStudy(payload, choice, name) {
    return wattquery.engine.study_value?.(payload, choice, name) ?? {value: null, text: ""};
  }

  // Between the thumb of a slider and the value: as it is, by its logarithm, or by the number of a stop.
  function scaleOf(row) {
    const {minimum, maximum, step, values, logarithmic} = row;
    if (values?.length) {
      const nearest = (value) => values.reduce((best, stop, place) => (Math.abs(stop - value) < Math.abs(values[best] - value) ? place : best), 0);
      return {low: 0, high: values.length - 1, step: 1, place: nearest, value: (at) => values[at]};
    }
    const rounded = (value) => Math.min(maximum, Math.max(minimum, Number((Math.round(value / step) * step).toPrecision(10))));
    if (!logarithmic) return {low: minimum, high: maximum, step, place: (value) => value, value: rounded};
    const width = Math.log(maximum / minimum);
    return {
      low: 0, high: STEPS, step: 1,
      place: (value) => (STEPS * Math.log(value / minimum)) / width,
      value: (at) => rounded(minimum * Math.exp((width * at) / STEPS)),
    };
  }

  function slider(app, row) {
    const id = `slider-${row.name}`;
    const scale = scaleOf(row);
    const range = element("input", {type: "range", id, min: scale.low, max: scale.high, step: scale.step, "data-slider": row.name});
    const field = element("input", {type: "number", id: `${id}-number`, min: row.minimum, max: row.maximum, step: "any", inputmode: "decimal", "aria-label": `${row.title}, as a number`, "data-number": row.name});
    const back = button("As in the study", () => app.change((state) => delete state[state.editing].overrides[row.name]), {class: "plain small"});
    back.setAttribute("aria-label", `${row.title}: as in the study`);
    const hint = element("p", {class: "hint", id: `${id}-hint`});
    range.setAttribute("aria-describedby", hint.id);
    const set = (value, entry) => app.change((state) => (state[state.editing].overrides[row.name] = value), entry);
    range.addEventListener("input", () => set(scale.value(Number(range.value)), false));
    range.addEventListener("change", () => app.keep());
    field.addEventListener("input", () => {
      const value = wattquery.state.allowed(app.payload, row.name, field.value);
      field.setAttribute("aria-invalid", String(value === null));
      if (value !== null) set(value, false);
    });
    field.addEventListener("change", () => {
      field.removeAttribute("aria-invalid");
      app.keep();
      app.refresh();
    });
    parts.push(({payload, state}) => {
      const {choice, overrides} = state[state.editing];
      const study = inStudy(payload, choice, row.name);
      const isSet = row.name in overrides;
      const value = isSet ? overrides[row.name] : study.value;
      const dead = !isSet && study.value === null && Boolean(study.reason);
      range.disabled = field.disabled = dead;
      const shown = value ?? row.minimum;
      range.value = String(scale.place(Math.min(row.maximum, Math.max(row.minimum, shown))));
      write(field, value, value === null || value === undefined ? "" : String(Number(Number(value).toPrecision(isSet ? 10 : 4))));
      range.setAttribute("aria-valuetext", words.withUnit(value ?? NaN, row.unit, 3));
      back.hidden = !isSet;
      hint.textContent = words.visible(dead ? study.reason : `In the study: ${study.text || words.withUnit(study.value, row.unit, 3)}`);
      box.classList.toggle("changed", isSet);
    });
    const unit = row.unit && row.unit !== "1" ? element("span", {class: "unit"}, row.unit) : null;
    const box = element("div", {class: "slider"}, element("label", {for: id}, words.capital(row.title)), range, element("span", {class: "entry"}, field, unit), hint, back);
    return box;
  }

  function lever(app, row) {
    const key = `lever:${row.name}`;
    const id = `lever-${row.name}`;
    const select = element("select", {id, "data-lever": row.name},
      element("option", {value: ""}, "As in the study"),
      element("option", {value: "off"}, "Off"),
      element("option", {value: "on"}, `As published: ${words.range(row.low, row.high)} times less (P5 to P95)`),
      element("option", {value: "known"}, "A known factor"),
    );
    const most = app.payload.engine.sliders.find((slider) => slider.name === key)?.maximum ?? Math.max(10, Math.ceil(1.5 * row.high));
    const range = element("input", {type: "range", min: 1, max: most, step: 0.1, "aria-label": `${row.title}, known factor`, "data-slider": key});
    const field = element("input", {type: "number", min: 1, max: 1000, step: "any", "aria-label": `${row.title}, known factor as a number`, "data-number": key});
    const hint = element("p", {class: "hint"});
    const entry = element("div", {class: "known"}, range, element("span", {class: "entry"}, field, element("span", {class: "unit"}, "times less")));
    const middle = Number(Math.sqrt(row.low * row.high).toPrecision(2));
    const set = (value, kept) => app.change((state) => {
      if (value === "") delete state[state.editing].overrides[key];
      else state[state.editing].overrides[key] = value;
    }, kept);
    select.addEventListener("change", () => set(select.value === "known" ? middle : select.value, true));
    range.addEventListener("input", () => set(Number(range.value), false));
    range.addEventListener("change", () => app.keep());
    field.addEventListener("input", () => {
      const value = wattquery.state.allowed(app.payload, key, field.value);
      field.setAttribute("aria-invalid", String(typeof value !== "number"));
      if (typeof value === "number") set(value, false);
    });
    field.addEventListener("change", () => {
      field.removeAttribute("aria-invalid");
      app.keep();
      app.refresh();
    });
    const box = element("div", {class: "slider"}, element("label", {for: id}, words.capital(row.title)), select, entry, hint);
    parts.push(({payload, state}) => {
      const {choice, overrides} = state[state.editing];
      const value = overrides[key];
      const known = typeof value === "number";
      select.value = value === undefined ? "" : known ? "known" : value;
      entry.hidden = !known;
      if (known) {
        range.value = String(value);
        range.setAttribute("aria-valuetext", `${words.number(value, 3)} times less`);
        write(field, value);
      }
      const study = inStudy(payload, choice, key);
      hint.textContent = words.visible(study.reason ?? `In the study: ${study.text || study.value || "off"}`);
      box.classList.toggle("changed", value !== undefined);
    });
    return box;
  }

  // "PUE 1.2", "serving lever off", "model lever 3 times less".
  function told(payload, name, value) {
    if (name.startsWith("lever:")) {
      const row = payload.engine.levers.find((lever) => `lever:${lever.name}` === name);
      const state = value === "on" ? "as published" : value === "off" ? "off" : `${words.number(value, 3)} times less`;
      return `${row.title} ${state}`;
    }
    const row = payload.engine.sliders.find((slider) => slider.name === name);
    const unit = row.unit && row.unit !== "1" ? ` ${row.unit}` : "";
    return `${row.title} ${Number(value.toPrecision(6)).toLocaleString("en", {maximumSignificantDigits: 6})}${unit}`;
  }

  wattquery.sliders = {build, words: told};
})((globalThis.wattquery ??= {}));
