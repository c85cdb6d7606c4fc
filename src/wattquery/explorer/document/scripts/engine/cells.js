// The energy of a query in any cell, with what the sliders say in the place of labels: distributions, and what drives
// them.
"use strict";
(function (wattquery) {
  const { equation, mixture, lengths: lengthNodes, factors: factorTerms } = wattquery;
  const { at, LEVER } = factorTerms;
  const LENGTHS = ["output_tokens", "input_tokens", "cached_tokens"];
  const BLEND = "blend:";
  const LOAD_MODEL = "load_model";

  const label = (choice, axis) => choice[axis] ?? 0;

  function blendOf(study, choice) {
    const asked = choice.model;
    if (typeof asked !== "string" || !asked.startsWith(BLEND)) return null;
    return study.engine.blends[Number(asked.slice(BLEND.length))] ?? null;
  }

  // Return where a cell lies among the rows: [[row, share], ...], two of them between two loads that were computed.
  function rowsOf(study, choice, overrides) {
    const { engine } = study;
    return loadPlaces(engine, choice, overrides).map(([number, share]) => {
      let row = 0;
      engine.row_axes.forEach((axis, dimension) => {
        const own = engine.load?.axis === axis ? number : label(choice, axis);
        row = row * engine.row_shape[dimension] + (engine.row_shape[dimension] === 1 ? 0 : own);
      });
      return [row, share];
    });
  }

  function loadPlaces(engine, choice, overrides) {
    if (!engine.load) return [[0, 1]];
    const { axis, values, places } = engine.load;
    const asked = overrides[axis];
    if (asked === undefined) return [[places[label(choice, axis)], 1]];
    const after = values.findIndex((value) => value >= asked * (1 - 1e-12));
    if (after < 0) return [[values.length - 1, 1]];
    if (after === 0 || Math.abs(values[after] / asked - 1) < 1e-9) return [[after, 1]];
    const share = Math.log(asked / values[after - 1]) / Math.log(values[after] / values[after - 1]);
    return [
      [after - 1, 1 - share],
      [after, share],
    ];
  }

  const numbersAt = (columns, row) => {
    const numbers = {};
    for (const name of Object.keys(columns)) numbers[name] = at(columns[name], row);
    return numbers;
  };

  const LEAPS = /(_variance|_sd|covariance|own_mean)$/;

  // Numbers of a deployment; between two loads positive ones are taken along the line in ln x over ln load.
  function numbersOf(columns, rows) {
    const first = numbersAt(columns, rows[0][0]);
    if (rows.length === 1) return first;
    const second = numbersAt(columns, rows[1][0]);
    const share = rows[1][1];
    const batch = first.batch ** (1 - share) * second.batch ** share;
    if (first.batch >= 1 || !(batch > 0)) return between(first, second, share);
    // Below one running sequence an instance idles for a part of the time, and is else what it is with one.
    const idle = Math.max(1 / batch - 1, 0) / (1 / first.batch - 1);
    const alone = { ...first, per_request: first.per_request * idle, node_request: first.node_request * idle };
    if (batch <= 1) {
      const { own_mean, own_variance } = second.batch <= 1 ? between(first, second, share) : first;
      return { ...alone, own_mean, own_variance };
    }
    // What is not known is another number of sequences that run alone than of those that share: it leaps at one.
    const found = between(alone, second, Math.log(batch) / Math.log(second.batch));
    for (const name of Object.keys(found)) if (LEAPS.test(name)) found[name] = second[name];
    return found;
  }

  function between(first, second, share) {
    const numbers = {};
    for (const [name, value] of Object.entries(first)) {
      const other = second[name];
      if (value === other) numbers[name] = value;
      else if (value > 0 && other > 0) numbers[name] = Math.exp((1 - share) * Math.log(value) + share * Math.log(other));
      else numbers[name] = (1 - share) * value + share * other;
    }
    return numbers;
  }

  const isKnown = (engine, numbers) => Number.isFinite(engine.under_load ? numbers.per_output_token : numbers.ln_maximum);

  // Lengths of the chosen labels, or of the sliders.
  function lengthsOf(study, choice, overrides) {
    const { lengths, under_load: underLoad } = study.engine;
    const moved = LENGTHS.some((name) => overrides[name] !== undefined);
    if (underLoad && moved) return { kind: "given", ...givenLengths(study, choice, overrides) };
    if (lengths.kind === "joint" && !moved) return { ...lengths.workload[label(choice, "workload")], kind: "joint" };
    if (lengths.kind === "joint") {
      const { output_tokens: output, input_tokens: input } = givenLengths(study, choice, overrides);
      return { kind: "pair", output: fixed(output), input: fixed(input) };
    }
    return {
      kind: "pair",
      output: movedLength(lengths.output_tokens[label(choice, "output_tokens")], overrides.output_tokens),
      input: movedLength(lengths.input_tokens[label(choice, "input_tokens")], overrides.input_tokens),
    };
  }

  const fixed = (value) => ({ kind: "fixed", value });

  // A slider moves the median of a length without memory, and sets any other to a number.
  function movedLength(length, asked) {
    if (asked === undefined) return length;
    return length.kind === "exponential" ? { ...length, median: asked } : fixed(asked);
  }

  // All three lengths of a query as numbers: those of the sliders, and typical ones of the labels beside them.
  function givenLengths(study, choice, overrides) {
    const { lengths } = study.engine;
    const typical =
      lengths.kind === "joint"
        ? lengths.workload[label(choice, "workload")].typical
        : {
            output_tokens: lengths.output_tokens[label(choice, "output_tokens")].typical,
            input_tokens: lengths.input_tokens[label(choice, "input_tokens")].typical,
            cached_tokens: null,
          };
    const found = {};
    for (const name of LENGTHS) found[name] = overrides[name] ?? typical[name];
    const rule = lengths.cached_tokens?.[label(choice, "cached_tokens")];
    if (overrides.cached_tokens === undefined && rule && (rule.share > 0 || rule.number > 0))
      found.cached_tokens = rule.number + rule.share * found.input_tokens;
    found.output_tokens = Math.max(1, Math.round(found.output_tokens));
    found.input_tokens = Math.max(1, Math.round(found.input_tokens));
    found.cached_tokens = Math.min(Math.round(found.cached_tokens ?? 0), found.input_tokens);
    return found;
  }

  // Return what a cell is before its levers: nodes of lengths, each with the mean and variance of ln E there.
  // `fix` names one factor whose quantile at `level` takes its place.
  function member(study, choice, overrides, fix) {
    const { engine } = study;
    const kind = engine.boundary.kind[label(choice, "boundary")];
    const rows = rowsOf(study, choice, overrides);
    const numbers = numbersOf(engine.columns[kind], rows);
    if (!isKnown(engine, numbers)) return null;
    const parts = factorTerms.ofCell(study, choice, overrides, rows);
    let { mean, variance } = parts;
    const extras = [];
    for (const factor of parts.factors) {
      const own = fixedAt(factor, fix);
      mean += own.mean;
      variance += own.variance;
      if (own.table) extras.push({ ...own.table, sign: own.sign });
    }
    const lengths = lengthsOf(study, choice, overrides);
    const [base, span] = parts.power ?? [1, 0];
    const found = nodesOfLengths(engine, numbers, lengths, extras, [base, span], fix, spreadOf(parts, variance, fix));
    for (let place = 0; place < found.means.length; place += 1) found.means[place] += mean;
    const spread = fix?.name === LOAD_MODEL ? modelFixedAt(found, fix.level) : found;
    return { ...spread, variances: plus(spread.variances, variance), parts, numbers, lengths };
  }

  // Standard deviation of ln E given the lengths, levers counted.
  function spreadOf(parts, variance, fix) {
    return Math.sqrt(parts.levers.reduce((sum, lever) => sum + fixedAt(lever, fix).variance, variance));
  }

  // The load model's own error at one of its quantiles.
  function modelFixedAt(found, level) {
    const z = mixture.normalQuantile(level);
    const sigma = Math.sqrt(found.variances);
    return { ...found, means: found.means.map((one) => one + z * sigma), variances: 0 };
  }

  const plus = (variances, variance) =>
    typeof variances === "number" ? variances + variance : variances.map((one) => one + variance);

  function fixedAt(factor, fix) {
    if (fix?.name !== factor.name) return factor;
    const { table } = factor;
    if (table) {
      const value = lengthNodes.valueAt(table, fix.level);
      return { ...factor, mean: factor.sign * (table.kind === "table" ? value : Math.log(value)), table: undefined };
    }
    const z = mixture.normalQuantile(fix.level);
    return { ...factor, mean: factor.mean + factor.sign * z * Math.sqrt(factor.variance), variance: 0 };
  }

  function nodesOfLengths(engine, numbers, lengths, extras, [base, span], fix, sigma) {
    if (lengths.kind === "given") return givenNodes(numbers, lengths, extras);
    const nodes = lengthNodes.nodesOf(fixedLengths(lengths, fix), extras, engine.under_load ? 1 : sigma);
    const means = new Float64Array(nodes.weights.length);
    for (let place = 0; place < means.length; place += 1) {
      const [output, input] = [nodes.outputs[place], nodes.inputs[place]];
      const part = engine.under_load
        ? equation.logLoadPart(
            numbers,
            output,
            input,
            nodes.cached === null ? equation.cachedOfInput(numbers, input) : nodes.cached[place],
          )
        : equation.logThroughputPart(numbers, output, input, engine.prefill_weight, base, span);
      means[place] = part + nodes.shifts[place] + (engine.under_load ? numbers.own_mean : 0);
    }
    const variances = engine.under_load ? numbers.own_variance : 0;
    if (fix?.name === "workload") return atEnergyLevel(means, nodes.weights, variances, fix.level);
    return { means, variances, weights: nodes.weights, nodes };
  }

  // One query of given lengths under a load: what is not known of it depends on them.
  function givenNodes(numbers, lengths, extras) {
    const { output_tokens: output, input_tokens: input, cached_tokens: cached } = lengths;
    const nodes = lengthNodes.nodesOf({ kind: "pair", output: fixed(output), input: fixed(input) }, extras, 1);
    const variances = equation.loadVariance(numbers, output, input, cached);
    const mean = equation.logLoadPart(numbers, output, input, cached) - 0.5 * variances;
    return { means: nodes.shifts.map((shift) => mean + shift), variances, weights: nodes.weights, nodes };
  }

  function fixedLengths(lengths, fix) {
    if (lengths.kind !== "pair" || !["output_tokens", "input_tokens"].includes(fix?.name)) return lengths;
    const name = fix.name === "output_tokens" ? "output" : "input";
    return { ...lengths, [name]: fixed(lengthNodes.lengthAt(lengths[name], fix.level)) };
  }

  // The pair of lengths of which the energy, all else alike, is at a level.
  function atEnergyLevel(means, weights, variances, level) {
    const order = Array.from(means.keys()).sort((one, other) => means[one] - means[other]);
    let below = 0;
    const place = order.find((one) => (below += weights[one]) >= level) ?? order[order.length - 1];
    return { means: Float64Array.of(means[place]), variances, weights: Float64Array.of(1), nodes: null };
  }

  // Return a cell with its levers: a mixture, and what it was made of. Null where nothing is known.
  function cell(study, choice, overrides = {}, fix = null, levers = null) {
    if (!study.engine) return wattquery.stored.cell(study, choice);
    const blend = blendOf(study, choice);
    if (blend === null) {
      const one = member(study, choice, overrides, fix);
      if (one === null) return null;
      const divided = leverSum(levers ?? one.parts.levers, fix);
      const base = divided.tables.length ? withTables(one, divided.tables) : one;
      const means = base.means.map((mean) => mean + divided.mean);
      return { ...base, means, variances: plus(base.variances, divided.variance), levers: one.parts.levers };
    }
    const members = blend.models.map((model) => member(study, { ...choice, model }, overrides, fix));
    if (members.some((one) => one === null)) return null;
    const own = members[0].parts.levers;
    const divided = leverSum(levers ?? own, fix);
    const mixed = mixture.trimmed(members, blend.trim, divided.mean, divided.variance);
    return { ...(divided.tables.length ? withTables(mixed, divided.tables) : mixed), levers: own, parts: members[0].parts, lengths: members[0].lengths };
  }

  function leverSum(levers, fix) {
    const sum = { mean: 0, variance: 0, tables: [] };
    for (const lever of levers) {
      const own = fixedAt(lever, fix);
      sum.mean += own.mean;
      sum.variance += own.variance;
      if (own.table) sum.tables.push({ ...own.table, sign: own.sign });
    }
    return sum;
  }

  // Levers that are not lognormal: each node has some nodes of them beside it.
  const ENOUGH_NODES = 16384;
  const MOST_COPIES = 64;

  function withTables(base, tables) {
    const copies = 2 ** Math.ceil(Math.log2(Math.min(ENOUGH_NODES / base.means.length, MOST_COPIES)));
    const count = base.means.length * copies;
    const found = { ...base, means: new Float64Array(count), weights: new Float64Array(count) };
    if (typeof base.variances !== "number") found.variances = new Float64Array(count);
    const order = Array.from(base.means.keys()).sort((one, other) => base.means[one] - base.means[other]);
    const shifts = lengthNodes.evenShifts(tables, base.means.length, copies);
    for (let place = 0; place < count; place += 1) {
      const own = order[Math.floor(place / copies)];
      found.means[place] = base.means[own] + shifts[place];
      found.weights[place] = base.weights[own] / copies;
      if (typeof base.variances !== "number") found.variances[place] = base.variances[own];
    }
    return found;
  }

  function statistics(one, levels) {
    if (one.stored) return wattquery.stored.statistics(one, levels);
    return { quantiles: levels.map((level) => Math.exp(mixture.quantile(one, level))), ...mixture.moments(one) };
  }

  // Curves of cells that are few numbers: a tenth of a width between neighbours makes one of them.
  const LEAST_VARIANCE = 0.03 ** 2;

  function density(one, energies) {
    if (one.stored) return wattquery.stored.density(one, energies);
    return energies.map((energy) => mixture.density(one, Math.log(energy), LEAST_VARIANCE));
  }

  function shareBelow(one, energy) {
    if (!(energy > 0)) return 0;
    return one.stored ? wattquery.stored.shareBelow(one, energy) : mixture.shareBelow(one, Math.log(energy));
  }

  const median = (one) => Math.exp(mixture.quantile(one, 0.5));

  // The median with one factor at its P5 and P95, all others random; largest swing first.
  function tornado(study, choice, overrides = {}) {
    const whole = study.engine ? cell(study, choice, overrides) : null;
    if (whole === null) return [];
    const middle = median(whole);
    const rows = randomFactors(study, whole).map(({ name, title }) => {
      const [low, high] = [0.05, 0.95].map((level) => median(cell(study, choice, overrides, { name, level })));
      return { name, title, low, high, median: middle };
    });
    return rows.sort((one, other) => Math.abs(other.high - other.low) - Math.abs(one.high - one.low));
  }

  function randomFactors(study, whole) {
    const { lengths, parts } = whole;
    const found = [];
    if (lengths.kind === "joint") found.push({ name: "workload", title: "lengths of the query" });
    if (lengths.kind === "pair") {
      if (lengthNodes.isRandom(lengths.output)) found.push({ name: "output_tokens", title: "output tokens" });
      if (lengthNodes.isRandom(lengths.input)) found.push({ name: "input_tokens", title: "input tokens" });
    }
    for (const factor of [...parts.factors, ...parts.levers])
      if (factor.variance > 0 || factor.table) found.push({ name: factor.name, title: factor.title });
    if (study.engine.under_load) found.push({ name: LOAD_MODEL, title: "load model: time and power of the instance" });
    return found;
  }

  // Medians lever by lever, in the order of the study.
  function waterfall(study, choice, overrides = {}) {
    const whole = study.engine ? cell(study, choice, overrides) : null;
    if (whole === null) return [];
    const rows = [];
    let before = median(cell(study, choice, overrides, null, []));
    whole.levers.forEach((lever, place) => {
      const after = median(cell(study, choice, overrides, null, whole.levers.slice(0, place + 1)));
      rows.push({ name: lever.name, title: lever.title, before, after });
      before = after;
    });
    return rows;
  }

  const RATIO_NODES = 96;

  // Energies at the middles of equal shares of the probability [Wh].
  function evenNodes(one) {
    const levels = Array.from({ length: RATIO_NODES }, (_, place) => (place + 0.5) / RATIO_NODES);
    if (one.stored) return wattquery.stored.statistics(one, levels).quantiles;
    return mixture.nodesOf(one, [0, 1], RATIO_NODES, RATIO_NODES).map(Math.exp);
  }

  // Quantiles of how many times a query of one cell takes what a number of Wh is, or a query of another cell.
  function ratio(one, other, levels) {
    if (typeof other === "number") {
      const { quantiles } = statistics(one, levels);
      return { quantiles: quantiles.map((energy) => energy / other), basis: "each quantile over a known number" };
    }
    const [mine, theirs] = [evenNodes(one), evenNodes(other)];
    const ratios = new Float64Array(RATIO_NODES ** 2);
    for (let row = 0; row < RATIO_NODES; row += 1)
      for (let column = 0; column < RATIO_NODES; column += 1)
        ratios[row * RATIO_NODES + column] = mine[row] / theirs[column];
    ratios.sort();
    const quantiles = levels.map((level) => ratios[Math.min(Math.floor(level * ratios.length), ratios.length - 1)]);
    return { quantiles, basis: "one query of each, independent of each other: what both have in common is not set off" };
  }

  // Return why a cell has no number.
  function reason(study, choice) {
    const said = variableAt(study, "unsupported_reason", choice);
    return said || "no measured rows of this combination, and nothing that stands for them";
  }

  // Return the value of a variable of the Dataset at a choice; null where it has none.
  function variableAt(study, name, choice, place = 0) {
    const variable = study.variables[name];
    if (!variable || blendOf({ engine: { blends: [], ...study.engine } }, choice) !== null) return null;
    let index = 0;
    for (const axis of variable.axes) {
      const size = study.axes.find((one) => one.name === axis)?.labels.length ?? 1;
      index = index * size + label(choice, axis);
    }
    const value = variable.array.data[variable.by_level ? index * study.levels.length + place : index];
    return value ?? null;
  }

  wattquery.engine = {
    LEVER,
    cell,
    statistics,
    density,
    share_below: shareBelow,
    tornado,
    waterfall,
    ratio,
    reason,
    variable: variableAt,
    given_lengths: givenLengths,
    blend: blendOf,
  };
})((globalThis.wattquery ??= {}));
