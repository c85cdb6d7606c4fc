// The exact call that gives a view, in Python and for the shell.
"use strict";
(function (wattquery) {
  const { engine, factors } = wattquery;
  const LENGTHS = ["output_tokens", "input_tokens", "cached_tokens"];

  const Z95 = 1.645; // as the package has it, and the paper

  const text = (value) => JSON.stringify(value);
  // Between single quotes a shell takes everything as it is; JavaScript and Python write numbers alike.
  const quoted = (value) => (/^[\w.,+%=:-]+$/.test(value) ? value : `'${value.replaceAll("'", `'"'"'`)}'`);

  // Return {name: [python, shell]} of what labels and sliders say.
  function argumentsOf(study, choice, overrides) {
    const found = {};
    for (const axis of study.axes) {
      if (axis.left_out) continue;
      const place = choice[axis.name] ?? 0;
      if (typeof place === "string") continue;
      found[axis.name] = [axis.python[place], axis.shell[place]];
    }
    for (const [name, value] of Object.entries(overrides)) {
      if (name.startsWith(factors.LEVER) || value === undefined) continue;
      found[name] = [String(value), String(value)];
    }
    return found;
  }

  function leverArguments(study, choice, overrides) {
    const moved = Object.keys(overrides).filter((name) => name.startsWith(factors.LEVER) && overrides[name] !== undefined);
    if (moved.length === 0) return null;
    const own = study.engine;
    const label = choice.levers ?? 0;
    const names = factors.ofLabel(own, "levers", label).factors.map((one) => one.name);
    const kept = own.levers.filter((lever) => {
      const asked = overrides[factors.LEVER + lever.name];
      return asked === undefined ? names.includes(factors.LEVER + lever.name) : asked !== "off";
    });
    if (kept.length === 0) return ['"none"', "none"];
    const known = kept.filter((lever) => typeof overrides[factors.LEVER + lever.name] === "number");
    const joined = kept.map((lever) => lever.name).join("+");
    if (known.length === 0 && kept.every((lever) => lever.named)) return [text(joined), joined];
    return [product(kept, overrides), null];
  }

  // Several levers of which one is a known factor, as one: products of lognormals are lognormal. Null for others.
  function product(levers, overrides) {
    let [mu, variance] = [0, 0];
    for (const lever of levers) {
      const asked = overrides[factors.LEVER + lever.name];
      const { distribution } = lever;
      if (typeof asked === "number") mu += Math.log(asked);
      else if (distribution.kind === "fixed") mu += Math.log(distribution.value);
      else if (distribution.kind === "lognormal") [mu, variance] = [mu + distribution.mu, variance + distribution.sigma ** 2];
      else return null;
    }
    const reach = Z95 * Math.sqrt(variance);
    if (variance === 0) return `wq.Lever("chosen", ${Math.exp(mu)})`;
    return `wq.Lever("chosen", wq.LogNormal(p5=${Math.exp(mu - reach)}, p95=${Math.exp(mu + reach)}))`;
  }

  // Moved medians stay exponential where the length of the study is.
  function withLengths(study, choice, overrides, found) {
    const own = study.engine;
    const moved = LENGTHS.filter((name) => overrides[name] !== undefined);
    if (moved.length === 0) return;
    if (own.lengths.kind === "joint") {
      delete found.workload;
      const given = engine.given_lengths(study, choice, overrides);
      for (const name of ["output_tokens", "input_tokens"]) found[name] = [String(given[name]), String(given[name])];
      return;
    }
    for (const name of ["output_tokens", "input_tokens"]) {
      if (overrides[name] === undefined) continue;
      const length = own.lengths[name][choice[name] ?? 0];
      if (length.kind !== "exponential") continue;
      found[name] = [`wq.Exponential(median=${overrides[name]})`, `Exponential(median=${overrides[name]})`];
    }
  }

  const pythonCall = (name, model, found, more) => {
    const given = Object.entries(found).map(([key, [python]]) => `${key}=${python}`);
    const lines = [model, ...given, ...more].map((line) => `    ${line},`);
    return `import wattquery as wq\n\n${name}(\n${lines.join("\n")}\n)`;
  };

  function shellCall(model, found) {
    if (model === null || Object.values(found).some(([, shell]) => shell === null)) return "";
    const given = Object.entries(found).map(([key, [, shell]]) => `--${key.replaceAll("_", "-")} ${quoted(shell)}`);
    return ["wattquery estimate", quoted(model), ...given].join(" ");
  }

  function call(study, choice, overrides = {}) {
    if (!study.engine) return { python: "", shell: "" };
    const found = argumentsOf(study, choice, overrides);
    const [python, shell] = engine.blend(study, choice) ? ['"frontier"', "frontier"] : (found.model ?? [null, null]);
    delete found.model;
    if (study.engine && !study.engine.boundary.counts_pue[choice.boundary ?? 0]) delete found.pue;
    const preset = study.made.preset;
    const levers = study.engine ? leverArguments(study, choice, overrides) : null;
    if (levers !== null) found.levers = levers;
    const moved = LENGTHS.some((name) => overrides[name] !== undefined);
    const given = study.engine?.under_load && moved;
    if (study.engine && !given) withLengths(study, choice, overrides, found);
    if (given) for (const name of LENGTHS) restore(study, choice, name, found);
    const settings = { ...(study.settings ?? {}), preset: [text(preset), preset] };
    const all = { ...found, ...settings };
    if (python === null || Object.values(all).some(([value]) => value === null))
      return { python: "", shell: "", reason: "the study holds a model, an accelerator, a lever or a log of its own, which no line of text is" };
    if (!given) {
      return { python: pythonCall("wq.estimate", python, all, [study.engine?.method ?? 'method="exact"']), shell: shellCall(shell, all) };
    }
    const lengths = engine.given_lengths(study, choice, overrides);
    const asked = `${lengths.input_tokens}, ${lengths.output_tokens}, ${lengths.cached_tokens}`;
    const prepared = pythonCall("cell = wq.prepare", python, all, []);
    return {
      python: `${prepared}\n[cell.energy(${asked}, quantile=level) for level in (${study.levels.join(", ")})]`,
      shell: "",
      reason: "one query of given lengths in a batch of others is for Python alone: no command has it",
    };
  }

  // Under a load, lengths in the arguments fill the batch, which no slider moves.
  function restore(study, choice, name, found) {
    const axis = study.axes.find((one) => one.name === name);
    if (!axis || axis.left_out) delete found[name];
    else found[name] = [axis.python[choice[name] ?? 0], axis.shell[choice[name] ?? 0]];
  }

  engine.call = call;
})((globalThis.wattquery ??= {}));
