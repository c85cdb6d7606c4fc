// Lengths of queries as nodes: what a query may be, each with its weight, and other factors that are not lognormal.
"use strict";
(function (wattquery) {
  // [least standard deviation of ln E given the lengths, nodes]: the less else is random, the more quantiles lie between
  // neighbouring nodes.
  const NODES = [
    [0.2, 256],
    [0.05, 1024],
    [0, 8192],
  ];
  // Of several random quantities: points of a Sobol' sequence, as many as a power of two.
  const MANY_NODES = [
    [0.2, 4096],
    [0, 16384],
  ];

  // Primitive polynomials and first direction numbers of its dimensions after the first (Joe and Kuo 2008).
  const DIRECTIONS = [
    [0, [1]],
    [1, [1, 3]],
    [1, [1, 3, 1]],
    [2, [1, 1, 1]],
    [1, [1, 1, 3, 3]],
    [4, [1, 3, 5, 13]],
    [2, [1, 1, 5, 5, 17]],
    [4, [1, 1, 5, 5, 5]],
    [7, [1, 1, 7, 11, 19]],
  ];
  const BITS = 20;
  const MOST_DIMENSIONS = DIRECTIONS.length + 1;

  // Direction numbers of one dimension, as whole numbers of BITS bits.
  function directions(dimension) {
    if (dimension === 0) return Array.from({ length: BITS }, (_, bit) => 2 ** (BITS - 1 - bit));
    const [polynomial, first] = DIRECTIONS[dimension - 1];
    const degree = first.length;
    const found = first.map((number, bit) => number * 2 ** (BITS - 1 - bit));
    for (let bit = degree; bit < BITS; bit += 1) {
      let number = found[bit - degree] ^ (found[bit - degree] >> degree);
      for (let term = 1; term < degree; term += 1)
        if ((polynomial >> (degree - 1 - term)) & 1) number ^= found[bit - term];
      found.push(number);
    }
    return found;
  }

  // Levels between 0 and 1 of each dimension at each point: [dimension][point].
  function evenLevels(dimensions, count) {
    const half = 0.5 / count;
    return Array.from({ length: dimensions }, (_, dimension) => {
      const numbers = directions(dimension);
      const levels = new Float64Array(count);
      let state = 0;
      for (let place = 0; place < count; place += 1) {
        levels[place] = state / 2 ** BITS + half;
        state ^= numbers[31 - Math.clz32(~place & (place + 1))];
      }
      return levels;
    });
  }

  const valueAt = (distribution, level) => {
    if (distribution.kind === "fixed") return distribution.value;
    if (distribution.kind === "exponential") return (-distribution.median / Math.LN2) * Math.log1p(-level);
    if (distribution.kind === "lognormal")
      return Math.exp(distribution.mu + distribution.sigma * wattquery.mixture.normalQuantile(level));
    const table = distribution.values.data;
    return table[Math.min(Math.floor(level * table.length), table.length - 1)];
  };

  const lengthAt = (distribution, level) => {
    const tokens = valueAt(distribution, level);
    return distribution.whole ? Math.max(1, Math.round(tokens)) : tokens;
  };

  const isRandom = (distribution) => distribution.kind !== "fixed";

  // Return nodes {outputs, inputs, cached, shifts, weights}: lengths in tokens, and what other factors add to ln E.
  // `cached` is null where the instance's own rule says how much of the input is in a cache.
  // `sigma` is the standard deviation of ln E given the lengths.
  function nodesOf(lengths, extras, sigma) {
    if (lengths.kind === "joint" && extras.length === 0) return jointNodes(lengths);
    const whole = wholeNodes(lengths, extras, sigma);
    if (whole !== null) return whole;
    const random = lengths.kind === "joint" ? [lengths] : [lengths.output, lengths.input].filter(isRandom);
    const dimensions = random.length + extras.length;
    if (dimensions > MOST_DIMENSIONS) throw new Error(`a cell has at most ${MOST_DIMENSIONS} factors that are not lognormal`);
    const [, count] = dimensions === 0 ? [0, 1] : (dimensions === 1 ? NODES : MANY_NODES).find(([least]) => sigma >= least);
    const levels = evenLevels(dimensions, count);
    const nodes = emptyNodes(count, lengths.kind === "joint");
    const joint = lengths.kind === "joint" ? jointPicker(lengths) : null;
    for (let place = 0; place < count; place += 1) {
      let dimension = 0;
      const next = () => levels[dimension++][place];
      if (joint !== null) joint(nodes, place, next());
      else {
        nodes.outputs[place] = isRandom(lengths.output) ? lengthAt(lengths.output, next()) : lengths.output.value;
        nodes.inputs[place] = isRandom(lengths.input) ? lengthAt(lengths.input, next()) : lengths.input.value;
      }
      for (const extra of extras) nodes.shifts[place] += extra.sign * logAt(extra, next());
    }
    return nodes;
  }

  // [least standard deviation of ln E given the lengths, longest median]: outputs in whole tokens are taken one by one
  // where their energies jump from one to the next. Where nothing else is random, quantiles are among them.
  const ONE_BY_ONE = [
    [0.05, 100],
    [1e-12, 1000],
    [0, 6000],
  ];
  const RARE = 1e-9;

  // Short outputs in whole tokens, one by one. Null for all others.
  function wholeNodes(lengths, extras, sigma) {
    const { output, input } = lengths;
    if (lengths.kind === "joint" || extras.length > 0 || isRandom(input)) return null;
    const [, longest] = ONE_BY_ONE.find(([least]) => sigma >= least);
    if (output.kind !== "exponential" || !output.whole || output.median > longest) return null;
    const scale = output.median / Math.LN2;
    const count = Math.ceil(-scale * Math.log(RARE));
    const nodes = emptyNodes(count, false);
    nodes.inputs.fill(input.value);
    for (let place = 0; place < count; place += 1) {
      const tokens = place + 1;
      const below = place === 0 ? 1 : Math.exp(-(tokens - 0.5) / scale);
      nodes.outputs[place] = tokens;
      nodes.weights[place] = below - (tokens === count ? 0 : Math.exp(-(tokens + 0.5) / scale));
    }
    return nodes;
  }

  // Tables of factors hold logarithms.
  const logAt = (extra, level) => (extra.kind === "table" ? valueAt(extra, level) : Math.log(valueAt(extra, level)));

  function emptyNodes(count, withCache) {
    return {
      outputs: new Float64Array(count),
      inputs: new Float64Array(count),
      cached: withCache ? new Float64Array(count) : null,
      shifts: new Float64Array(count),
      weights: new Float64Array(count).fill(1 / count),
    };
  }

  function jointNodes(lengths) {
    const count = lengths.outputs.data.length;
    return {
      outputs: lengths.outputs.data,
      inputs: lengths.inputs.data,
      cached: lengths.cached ? lengths.cached.data : null,
      shifts: new Float64Array(count),
      weights: lengths.weights.data,
    };
  }

  function jointPicker(lengths) {
    const ends = Float64Array.from(lengths.weights.data);
    for (let place = 1; place < ends.length; place += 1) ends[place] += ends[place - 1];
    return (nodes, place, level) => {
      let [first, last] = [0, ends.length - 1];
      while (first < last) {
        const middle = (first + last) >> 1;
        if (ends[middle] < level) first = middle + 1;
        else last = middle;
      }
      nodes.outputs[place] = lengths.outputs.data[first];
      nodes.inputs[place] = lengths.inputs.data[first];
      if (lengths.cached) nodes.cached[place] = lengths.cached.data[first];
    };
  }

  // What some factors add to ln E together at so many nodes, `copies` times each: those of a node evenly spread, and
  // turned from node to node.
  function evenShifts(extras, count, copies) {
    const levels = evenLevels(extras.length, copies);
    const turns = extras.map((_, dimension) => Math.sqrt(dimension + 2) % 1);
    return Float64Array.from({ length: count * copies }, (_, place) => {
      const node = Math.floor(place / copies);
      return extras.reduce((sum, extra, dimension) => {
        const level = (levels[dimension][place % copies] + node * turns[dimension]) % 1;
        return sum + extra.sign * logAt(extra, Math.min(Math.max(level, 1e-9), 1 - 1e-9));
      }, 0);
    });
  }

  wattquery.lengths = { nodesOf, evenShifts, valueAt, lengthAt, isRandom };
})((globalThis.wattquery ??= {}));
