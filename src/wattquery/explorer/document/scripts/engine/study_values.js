// What a study says of itself: where a slider stands before it is moved, and what to know before a number is used.
"use strict";
(function (wattquery) {
  const { factors, engine } = wattquery;

  // Four significant digits, thousands in groups.
  function short(value) {
    const [whole, fraction] = String(Number(value.toPrecision(4))).split(".");
    return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (fraction === undefined ? "" : `.${fraction}`);
  }
  const Z95 = 1.645; // as the package has it, and the paper

  function describedFactor(factor) {
    if (factor.variance > 0) {
      const [mu, sigma] = [factor.sign * factor.mean, Math.sqrt(factor.variance)];
      const [low, high] = [Math.exp(mu - Z95 * sigma), Math.exp(mu + Z95 * sigma)];
      return { value: Math.exp(mu), text: `P5 ${short(low)}, P95 ${short(high)}` };
    }
    if (factor.table) {
      const value = wattquery.lengths.valueAt(factor.table, 0.5);
      const middle = factor.table.kind === "table" ? Math.exp(value) : value;
      return { value: middle, text: `median ${short(middle)}` };
    }
    const value = Math.exp(factor.sign * factor.mean);
    return { value, text: short(value) };
  }

  const lengthText = (length) =>
    length.kind === "fixed"
      ? short(length.value)
      : `median ${short(length.typical)}${length.kind === "exponential" ? ", exponential" : ""}`;

  // Return {value, text} of a slider as the study has it; value null, with `reason`, where it does nothing.
  function studyValue(study, choice, name) {
    const own = study.engine;
    if (!own) return { value: null, text: "", reason: study.why_no_engine };
    const label = (axis) => choice[axis] ?? 0;
    if (name.startsWith(factors.LEVER)) {
      const found = factors.ofLabel(own, "levers", label("levers")).factors.some((one) => one.name === name);
      return { value: found ? "on" : "off", text: found ? "as published" : "off" };
    }
    if (["output_tokens", "input_tokens", "cached_tokens"].includes(name)) return lengthValue(study, choice, name);
    if (own.load && name === own.load.axis) {
      const value = own.load.values[own.load.places[label(name)]];
      return { value, text: short(value) };
    }
    if (name === "pue" && !own.boundary.counts_pue[label("boundary")])
      return { value: null, text: "not counted", reason: "the boundary that is chosen does not count PUE" };
    if (name === "node_power" && own.terms.node_power?.by === "row") return nodePower(study, choice);
    const found = factors.ofLabel(own, name, label(name));
    if (found.power) return { value: null, text: "follows throughput", reason: "" };
    const factor = found.factors.find((one) => one.name === name);
    return factor ? describedFactor(factor) : { value: null, text: "not in this study", reason: "it is no factor here" };
  }

  function nodePower(study, choice) {
    if (engine.blend(study, choice)) return { value: null, text: "that of each model", reason: "" };
    const value = engine.variable(study, "node_power", choice);
    return Number.isFinite(value) ? { value, text: short(value) } : { value: null, text: "not known", reason: "" };
  }

  function lengthValue(study, choice, name) {
    const { lengths } = study.engine;
    const label = (axis) => choice[axis] ?? 0;
    if (lengths.kind === "joint") {
      const { typical } = lengths.workload[label("workload")];
      return { value: typical[name], text: `mean ${short(typical[name])}, as they go together in the workload` };
    }
    if (name === "cached_tokens") {
      const value = engine.given_lengths(study, choice, {}).cached_tokens;
      return { value, text: short(value) };
    }
    const length = lengths[name][label(name)];
    return { value: length.typical, text: lengthText(length) };
  }

  // Return what to know of the numbers of a cell, in sentences.
  function caveats(study, choice, overrides = {}) {
    const said = [];
    const at = (name) => engine.variable(study, name, choice);
    if (at("extrapolated")) {
      const basis = at("support_basis");
      said.push(
        basis
          ? `Extrapolated: ${basis}.`
          : "Extrapolated: lengths lie outside those of the measured rows that the throughput stands on.",
      );
    }
    const own = study.engine;
    const moving = own ? " What is changed here is computed without draws, and may differ by as much." : "";
    if (study.sampling) said.push(`Sampling: ${study.sampling}${moving}`);
    if (!own) return said;
    const blend = engine.blend(study, choice);
    const outside = (blend?.models ?? []).filter((model) => engine.variable(study, "extrapolated", { ...choice, model }));
    if (outside.length) {
      const { labels } = study.axes.find((axis) => axis.name === "model");
      const named = outside.map((model) => labels[model]).join(", ");
      said.push(`Extrapolated: for ${named}, lengths lie outside those of the measured rows that the throughput stands on.`);
    }
    if (blend !== null && (blend.trim[0] > 0 || blend.trim[1] < 1)) {
      const [low, high] = blend.trim.map((level) => short(100 * level));
      said.push(
        `Each model of the blend is cut to its ${low} % to ${high} % range first, as the paper does: the blend has no tails, ` +
          "and shares far out are those of what is left.",
      );
    }
    const moved = ["output_tokens", "input_tokens", "cached_tokens"].some((name) => overrides[name] !== undefined);
    if (moved)
      said.push(
        "Whether lengths that were moved lie within what was measured is not checked here; the result of the call says it " +
          "as “extrapolated”.",
      );
    if (moved && own.under_load) {
      said.push(
        "Lengths are those of one query of exactly so many tokens; what fills the batch beside it stays as in the study.",
      );
    }
    if (moved && own.lengths.kind === "joint" && !own.under_load)
      said.push("Lengths are fixed numbers in the place of the pairs of the workload.");
    if (own.load && overrides[own.load.axis] !== undefined && own.load.between)
      said.push("Between loads that were computed, energies are interpolated; latencies and power are not shown.");
    return said;
  }

  Object.assign(engine, { study_value: studyValue, caveats });
})((globalThis.wattquery ??= {}));
