// What the file holds, by labels: axes, the numbers of a cell, and which combinations have data.
"use strict";
(function (wattquery) {
  const { LEVELS, shortened, visible } = wattquery.words;

  // Where a cell of some variable stands in its flat array.
  function place(variable, choice) {
    let at = 0;
    variable.axes.forEach((name, depth) => {
      at = at * variable.array.shape[depth] + choice[name];
    });
    return at;
  }

  // Whether a variable has one value in each cell, and not one for each level.
  const isPlain = (variable) =>
    Boolean(variable) && !variable.by_level && variable.array.shape.length === variable.axes.length;

  // One number or text of a cell; null where the variable is missing or the choice is a blend of several labels.
  function value(payload, name, choice) {
    const variable = payload.variables[name];
    if (!isPlain(variable) || variable.axes.some((axis) => typeof choice[axis] !== "number")) return null;
    return variable.array.data[place(variable, choice)];
  }

  // The quantiles of energy that the file holds; null for blends and where nothing is known.
  function storedQuantiles(payload, choice) {
    const variable = payload.variables.energy;
    if (variable.axes.some((axis) => typeof choice[axis] !== "number")) return null;
    const start = place(variable, choice) * payload.levels.length;
    const values = Array.from(variable.array.data.slice(start, start + payload.levels.length));
    return values.some((energy) => !(energy > 0)) ? null : values;
  }

  function hasData(payload, choice) {
    if (typeof choice.model === "string") return wattquery.engine.cell(payload, choice, {}) !== null;
    return storedQuantiles(payload, choice) !== null;
  }

  // The first combination that has data, and keeps what `choice` fixes where it can.
  // `measured` prefers one that is not extrapolated.
  function firstWithData(payload, choice, measured = false) {
    const good = (there) => !measured || !value(payload, "extrapolated", there);
    if (hasData(payload, choice) && good(choice)) return choice;
    const variable = payload.variables.energy;
    const shape = variable.axes.map((name) => payload.axes.find((axis) => axis.name === name).labels.length);
    const cells = shape.reduce((count, length) => count * length, 1);
    let best = null;
    let most = -1;
    for (let cell = 0; cell < cells; cell += 1) {
      if (!(variable.array.data[cell * payload.levels.length] > 0)) continue;
      let rest = cell;
      let kept = 0;
      const found = { ...choice };
      for (let depth = shape.length - 1; depth >= 0; depth -= 1) {
        const index = rest % shape[depth];
        rest = Math.floor(rest / shape[depth]);
        // Earlier axes weigh more: the model is kept before the load.
        if (found[variable.axes[depth]] === index) kept += 2 ** (shape.length - depth);
        found[variable.axes[depth]] = index;
      }
      if (good(found)) kept += 2 ** (shape.length + 1);
      if (kept > most) [best, most] = [found, kept];
    }
    return best ?? choice;
  }

  // The cell of a selection as the engine knows it; null where nothing is known.
  function cell(payload, selection) {
    try {
      return wattquery.engine.cell(payload, selection.choice, selection.overrides);
    } catch (problem) {
      console.warn(problem);
      return null;
    }
  }

  const changed = (selection) => Object.keys(selection.overrides).length > 0;

  // Quantiles, mean and standard deviation: the file's own where nothing was changed, else recomputed.
  function statistics(payload, selection, found) {
    const stored = changed(selection) ? null : storedQuantiles(payload, selection.choice);
    if (stored && isStandard(payload.levels)) {
      return {
        quantiles: stored,
        mean: value(payload, "energy_mean", selection.choice) ?? NaN,
        std: value(payload, "energy_std", selection.choice) ?? NaN,
      };
    }
    const known = found === undefined ? cell(payload, selection) : found;
    return known === null ? null : wattquery.engine.statistics(known, Object.values(LEVELS));
  }

  const isStandard = (levels) =>
    levels.length === 5 && Object.values(LEVELS).every((level, place) => Math.abs(level - levels[place]) < 1e-9);

  const axisOf = (payload, name) => payload.axes.find((axis) => axis.name === name);
  const longAxes = (payload) => payload.axes.filter((axis) => axis.labels.length > 1);
  const blends = (payload) => payload.engine?.blends ?? [];

  function labelOf(payload, name, chosen) {
    if (typeof chosen === "string") return blends(payload)[Number(chosen.slice(6))].label;
    return axisOf(payload, name).labels[chosen];
  }

  // A label as a phrase: "gpt-oss-120b", "load 0.5", "500 input tokens".
  function phrase(payload, name, chosen, most = 60) {
    const text = shortened(labelOf(payload, name, chosen), most);
    const axis = axisOf(payload, name);
    if (["model", "hardware", "serving", "precision", "workload"].includes(name)) return text;
    const isNumber = axis.numbers !== null && typeof chosen === "number";
    if (isNumber && name.endsWith("_tokens")) return `${text} ${name.replace("_", " ")}`;
    const words = { pue: "PUE", levers: "levers", node_power: "node power" }[name] ?? name.replaceAll("_", " ");
    return isNumber ? `${words} ${text}` : `${words}: ${text}`;
  }

  // What makes a selection this one: the labels of every axis that has several.
  function named(payload, selection, most = 60) {
    const axes = longAxes(payload).filter((axis) => axis.name !== "boundary");
    const parts = (axes.length ? axes : payload.axes.slice(0, 1)).map((axis) =>
      phrase(payload, axis.name, selection.choice[axis.name], most),
    );
    return parts.join(", ");
  }

  // "Llama 3.1 70B", "a frontier model".
  function subjectOf(payload, chosen) {
    const text = phrase(payload, "model", chosen, 80);
    return typeof chosen === "string" ? `a ${text} model` : text;
  }

  // The same in two parts for a sentence: what a query goes to, and the rest of the conditions.
  function subject(payload, selection) {
    const axes = payload.axes.filter((axis) => axis.name !== "boundary");
    const [first, ...rest] = axes.filter((axis) => axis.name === "model" || axis.labels.length > 1);
    if (!first || first.name !== "model") return { model: null, rest: named(payload, selection) };
    return {
      model: subjectOf(payload, selection.choice.model),
      rest: rest.map((axis) => phrase(payload, axis.name, selection.choice[axis.name])).join(", "),
    };
  }

  function boundaryOf(payload, choice) {
    const axis = axisOf(payload, "boundary");
    return visible((axis ? axis.labels[choice.boundary] : payload.variables.energy.boundary) || "facility");
  }

  wattquery.study = {
    axisOf,
    blends,
    boundaryOf,
    cell,
    changed,
    firstWithData,
    hasData,
    isPlain,
    isStandard,
    labelOf,
    longAxes,
    named,
    phrase,
    statistics,
    storedQuantiles,
    subject,
    value,
  };
})((globalThis.wattquery ??= {}));
