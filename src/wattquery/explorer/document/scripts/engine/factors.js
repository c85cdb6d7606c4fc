// What the chosen labels and the sliders add to ln E: a mean, a variance, and factors that are not lognormal.
"use strict";
(function (wattquery) {
  const LEVER = "lever:";

  const at = (column, row) => column.data[column.data.length === 1 ? 0 : row];

  // Return the factor {name, title, sign, mean, variance} of ln E; `table` holds one that is not lognormal.
  function factorOf(entry) {
    const known = { name: entry.name, title: entry.title, sign: entry.sign };
    const { distribution } = entry;
    if (distribution.kind === "fixed") return { ...known, mean: entry.sign * Math.log(distribution.value), variance: 0 };
    if (distribution.kind === "lognormal")
      return { ...known, mean: entry.sign * distribution.mu, variance: distribution.sigma ** 2 };
    return { ...known, mean: 0, variance: 0, table: distribution };
  }

  const fixedFactor = (name, title, sign, value) => ({ name, title, sign, mean: sign * Math.log(value), variance: 0 });

  // Between two loads, quantiles of ln M are taken along a line.
  function restAt(table, rows, labels, label) {
    const sum = (of) => rows.reduce((all, [row, share]) => all + share * of(row * labels + label), 0);
    const mean = sum((place) => at(table.mean, place));
    return { mean, variance: sum((place) => Math.sqrt(at(table.variance, place))) ** 2 };
  }

  // Return {factors, rest, power} of the label of an axis, at rows with their shares: `rest` is what is left of its mean
  // and variance, which no factor of the page has by name, and `power` the two numbers of one that follows throughput.
  function ofLabel(engine, axis, label, rows = [[0, 1]]) {
    const table = engine.terms[axis];
    if (table === undefined) return { factors: [], rest: { mean: 0, variance: 0 } };
    if (table.by === "row") return { factors: [], rest: restAt(table, rows, 1, 0) };
    if (table.by === "row and label")
      return { factors: [], rest: restAt(table, rows, table.mean.data.length / rowCount(engine), label) };
    const entry = table.labels[label];
    const factors = entry.factors.map(factorOf);
    const rest = { mean: entry.mean, variance: entry.variance };
    for (const factor of factors) {
      rest.mean -= factor.mean;
      rest.variance -= factor.variance;
    }
    return { factors, rest: { mean: rest.mean, variance: Math.max(rest.variance, 0) }, power: entry.follows_throughput };
  }

  const rowCount = (engine) => engine.row_shape.reduce((product, size) => product * size, 1);

  // Return the levers that divide the energy, with the sliders: those of the label, others switched on, known factors.
  function leversOf(engine, label, rows, overrides) {
    const found = ofLabel(engine, "levers", label, rows);
    const kept = found.factors.filter((factor) => overrides[factor.name] === undefined);
    for (const lever of engine.levers) {
      const name = LEVER + lever.name;
      const asked = overrides[name];
      if (asked === undefined || asked === "off") continue;
      if (asked === "on") kept.push(factorOf({ name, title: lever.title, sign: -1, distribution: lever.distribution }));
      else kept.push(fixedFactor(name, lever.title, -1, Number(asked)));
    }
    const order = engine.levers.map((lever) => LEVER + lever.name);
    kept.sort((one, other) => order.indexOf(one.name) - order.indexOf(other.name));
    return { ...found, factors: kept };
  }

  // Return all that the labels and sliders of a cell add, whatever its lengths: {factors, levers, mean, variance, power}.
  function ofCell(study, choice, overrides, rows) {
    const { engine } = study;
    const label = (axis) => choice[axis] ?? 0;
    const parts = { factors: [], levers: [], mean: 0, variance: 0, power: null };
    const add = (found) => {
      parts.factors.push(...found.factors);
      parts.mean += found.rest.mean;
      parts.variance += found.rest.variance;
      if (found.power) parts.power = found.power;
    };
    if (engine.boundary.counts_pue[label("boundary")]) {
      if (overrides.pue === undefined) add(ofLabel(engine, "pue", label("pue"), rows));
      else parts.factors.push(fixedFactor("pue", titleOf(engine, "pue"), 1, overrides.pue));
    }
    for (const axis of ["power_utilization", "node_power"]) {
      if (overrides[axis] === undefined) add(ofLabel(engine, axis, label(axis), rows));
      else {
        parts.factors.push(fixedFactor(axis, titleOf(engine, axis), 1, overrides[axis]));
        if (axis === "node_power") parts.mean -= Math.log(3.6); // 1 kW over 1 s is 1 / 3.6 Wh
      }
    }
    add(ofLabel(engine, "boundary", label("boundary"), rows));
    const levers = leversOf(engine, label("levers"), rows, overrides);
    parts.levers = levers.factors;
    parts.mean += levers.rest.mean;
    parts.variance += levers.rest.variance;
    return parts;
  }

  const titleOf = (engine, name) => engine.sliders.find((slider) => slider.name === name)?.title ?? name;

  wattquery.factors = { LEVER, at, ofCell, ofLabel, rowCount };
})((globalThis.wattquery ??= {}));
