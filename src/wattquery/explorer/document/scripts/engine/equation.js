// The energy of a query of given lengths, and what is not known of it: the equation of the package, once more.
//
// `wattquery.kernels.equation`, `kernels.load.query` and `kernels.prepared` have the same in Python. Energies are
// relative to what the factors of the cell make of them: kW s per query in either form.
"use strict";
(function (wattquery) {
  // Integral of min(x, cap) from start to stop [tokens2].
  function cappedPositions(start, stop, cap) {
    const low = Math.min(start, cap);
    const high = Math.min(stop, cap);
    return 0.5 * (high - low) * (high + low) + high * (stop - high - (start - low));
  }

  function contextReads(n, output, input) {
    const stop = input + output;
    return (
      n.full_reads * cappedPositions(input, stop, n.topk_tokens) +
      n.windowed_reads * cappedPositions(input, stop, n.window_tokens) +
      n.indexed_reads * cappedPositions(input, stop, Infinity)
    );
  }

  function attentionPairs(n, input, cached) {
    return (
      n.full_pairs * cappedPositions(cached, input, n.topk_tokens) +
      n.windowed_pairs * cappedPositions(cached, input, n.window_tokens) +
      n.indexed_pairs * cappedPositions(cached, input, Infinity)
    );
  }

  // E = c_0 + c_out L_out + c_kv reads + c_in (L_in - L_cached + w L_cached) + c_att pairs [kJ]
  function queryKilojoules(units, n, output, input, cached) {
    const prefill = input - cached + n.cached_weight * cached;
    return (
      units[0] +
      units[1] * output +
      units[2] * contextReads(n, output, input) +
      units[3] * prefill +
      units[4] * attentionPairs(n, input, cached)
    );
  }

  const unitsOf = (n) => [
    n.per_request,
    n.per_output_token,
    n.per_context_read,
    n.per_prefill_token,
    n.per_attention_pair,
  ];
  const nodeUnitsOf = (n) => [
    n.node_request,
    n.node_output_token,
    n.node_context_read,
    n.node_prefill_token,
    n.node_attention_pair,
  ];

  // L_cached = min(number + share L_in, L_in)
  const cachedOfInput = (n, input) => Math.min(n.cached_number + n.cached_share * input, input);

  // Part of ln E that the lengths make in the paper's form: ln L_eff - ln TPS, and ln PU where it follows throughput.
  function logThroughputPart(n, output, input, prefillWeight, base, span) {
    if (n.per_token + n.per_context + n.per_ratio > 0) {
      let seconds = (n.per_token + n.per_context * (input + 0.5 * output)) * output + n.per_ratio * input;
      const share = span === 0 ? 1 : base + span * Math.min((Math.exp(-n.ln_maximum) * output) / seconds, 1);
      if (prefillWeight !== 0) seconds *= 1 + (prefillWeight * input) / output;
      return Math.log(seconds * share);
    }
    const fitted = n.intercept + n.ln_input * Math.log(input) + n.ln_output * Math.log(output);
    const rate = Math.min(fitted, n.ln_maximum);
    const power = span === 0 ? 0 : Math.log(base + span * Math.exp(rate - n.ln_maximum));
    return power + Math.log(output + prefillWeight * input) - rate;
  }

  // The same under a load: ln of the kilojoules that are expected.
  const logLoadPart = (n, output, input, cached) => Math.log(queryKilojoules(unitsOf(n), n, output, input, cached));

  // Variance of ln E of a sum of what goes by energy per token and what goes by time, which err together.
  function foldVariance(energyVariance, timeVariance, covariance, counted, timed) {
    const energy = Math.exp(energyVariance);
    const time = Math.exp(timeVariance);
    const both = Math.exp(covariance);
    const square = Math.log(counted ** 2 * energy + 2 * counted * timed * both + timed ** 2 * time);
    const cube = Math.log(
      counted ** 3 * energy ** 3 +
        3 * counted ** 2 * timed * energy * both ** 2 +
        3 * counted * timed ** 2 * time * both ** 2 +
        timed ** 3 * time ** 3,
    );
    return Math.max(4 * square - cube, 0);
  }

  const factorVariance = (relative) => Math.log1p(relative ** 2);

  // Variance in ln E of what the load model leaves open, for a query of any lengths.
  function loadVariance(n, output, input, cached) {
    const units = unitsOf(n);
    const byNode = nodeUnitsOf(n);
    let node = queryKilojoules(byNode, n, output, input, cached);
    let idle = units[0] - byNode[0];
    let busy = queryKilojoules(units, n, output, input, cached) - node - idle;
    let reused = (units[3] - byNode[3]) * cached;
    const far = input + output > n.far_tokens;
    if (far) {
      node *= n.far_time;
      idle *= n.far_time;
      busy *= n.far_energy;
      reused *= n.far_energy;
    }
    const mean = busy + node + idle;
    const errors = foldVariance(
      far ? n.far_energy_variance : n.energy_variance,
      far ? n.far_time_variance : n.time_variance,
      far ? n.far_covariance : n.covariance,
      busy / mean,
      (node + idle) / mean,
    );
    return (
      errors +
      factorVariance((n.node_sd * node) / mean) +
      factorVariance((n.idle_sd * idle) / mean) +
      factorVariance((n.cached_sd * reused) / mean)
    );
  }

  wattquery.equation = { cachedOfInput, logThroughputPart, logLoadPart, loadVariance };
})((globalThis.wattquery ??= {}));
