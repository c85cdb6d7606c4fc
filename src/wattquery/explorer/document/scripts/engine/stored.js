// Cells of which the page knows quantiles alone: those that a Dataset has stored, with nothing to compute them again.
"use strict";
(function (wattquery) {
  function cell(study, choice) {
    const { engine } = wattquery;
    const table = study.variables.energy_levels ? "energy_levels" : "energy";
    const levels = table === "energy" ? study.levels : study.stored_levels;
    const variable = study.variables[table];
    const count = levels.length;
    let index = 0;
    for (const axis of variable.axes) {
      index = index * study.axes.find((one) => one.name === axis).labels.length + (choice[axis] ?? 0);
    }
    const quantiles = Array.from(variable.array.data.slice(index * count, (index + 1) * count));
    if (!quantiles.every((value) => value > 0)) return null;
    return {
      stored: true,
      levels,
      quantiles,
      exact: study.levels.map((_, place) => engine.variable(study, "energy", choice, place)),
      exact_levels: study.levels,
      mean: engine.variable(study, "energy_mean", choice),
      std: engine.variable(study, "energy_std", choice),
      is_curve: table === "energy_levels",
    };
  }

  // Between two stored levels ln E is taken to be even; beyond the outermost nothing is known but that.
  function between(xs, ys, x) {
    if (x <= xs[0]) return ys[0];
    for (let place = 1; place < xs.length; place += 1) {
      if (x > xs[place]) continue;
      const share = xs[place] > xs[place - 1] ? (x - xs[place - 1]) / (xs[place] - xs[place - 1]) : 1;
      return ys[place - 1] + share * (ys[place] - ys[place - 1]);
    }
    return ys[ys.length - 1];
  }

  function statistics(one, levels) {
    const logs = one.quantiles.map(Math.log);
    const quantiles = levels.map((level) => {
      const known = one.exact_levels.indexOf(level);
      return known >= 0 ? one.exact[known] : Math.exp(between(one.levels, logs, level));
    });
    return { quantiles, mean: one.mean, std: one.std };
  }

  const shareBelow = (one, energy) => between(one.quantiles.map(Math.log), one.levels, Math.log(energy));

  // Null where a few quantiles are known, of which no curve is made.
  function density(one, energies) {
    if (!one.is_curve) return null;
    const width = 0.08;
    return energies.map((energy) => {
      const x = Math.log(energy);
      const [below, above] = [x - width, x + width].map((edge) => shareBelow(one, Math.exp(edge)));
      return (above - below) / (2 * width);
    });
  }

  wattquery.stored = { cell, statistics, shareBelow, density };
})((globalThis.wattquery ??= {}));
