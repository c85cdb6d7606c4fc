// What the reader chose, and how it stands in the address: labels by name, so that a link outlives a change of order.
"use strict";
(function (wattquery) {
  const { study } = wattquery;
  const { shortened } = wattquery.words;
  const LONGEST = 20000; // characters of a fragment that are read at all

  // Two selections, which of them the sliders change, and what the questions ask.
  function initial(payload) {
    const choice = study.firstWithData(
      payload,
      Object.fromEntries(payload.axes.map((axis) => [axis.name, payload.start?.[axis.name] ?? 0])),
      true,
    );
    const queries = payload.claims.filter((claim) => claim.about === "query");
    const searches = payload.claims.filter((claim) => claim.about === "web search");
    return {
      a: { choice, overrides: {} },
      b: { choice: { ...choice }, overrides: {} },
      comparing: false,
      editing: "a",
      by: (study.longAxes(payload)[0] ?? payload.axes[0]).name,
      claim: queries[0]?.id ?? "own",
      own: 3,
      search: searches[0]?.id ?? "",
    };
  }

  function write(payload, state) {
    const start = initial(payload);
    const found = new URLSearchParams();
    for (const side of state.comparing ? ["a", "b"] : ["a"]) {
      for (const axis of study.longAxes(payload)) {
        const chosen = state[side].choice[axis.name];
        const key = typeof chosen === "string" ? `${side}_blend.${axis.name}` : `${side}.${axis.name}`;
        found.set(key, study.labelOf(payload, axis.name, chosen));
      }
      for (const [name, value] of Object.entries(state[side].overrides))
        found.set(`${side}_set.${name}`, String(value));
    }
    if (state.comparing) found.set("editing", state.editing);
    for (const key of ["by", "claim", "search", "own"]) {
      if (state[key] !== start[key]) found.set(key, String(state[key]));
    }
    return found.toString();
  }

  // The state that a fragment means. What it names and this file does not have is left out, one key at a time.
  function read(payload, fragment) {
    const state = initial(payload);
    const ignored = [];
    if (fragment.length > LONGEST) return { state, ignored: ["the whole address, which is too long"] };
    const sides = { a: {}, b: {} };
    for (const [key, value] of new URLSearchParams(fragment)) {
      const [head, name] = split(key);
      const side = head.charAt(0);
      const done =
        name === null
          ? readPlain(payload, state, key, value)
          : /^[ab]$/.test(head)
            ? readLabel(payload, sides[side], name, value)
            : /^[ab]_blend$/.test(head)
              ? readBlend(payload, sides[side], name, value)
              : /^[ab]_set$/.test(head)
                ? readOverride(payload, state[side].overrides, name, value)
                : false;
      if (done && side === "b" && name !== null) state.comparing = true;
      if (!done) ignored.push(`${shortened(key, 40)} = ${shortened(value, 40)}`);
    }
    state.a.choice = { ...state.a.choice, ...sides.a };
    state.b.choice = { ...state.a.choice, ...sides.b };
    if (!state.comparing) state.editing = "a";
    return { state, ignored };
  }

  function split(key) {
    const dot = key.indexOf(".");
    return dot < 0 ? [key, null] : [key.slice(0, dot), key.slice(dot + 1)];
  }

  function readPlain(payload, state, key, value) {
    if (key === "editing" && (value === "a" || value === "b")) state.editing = value;
    else if (key === "by" && study.longAxes(payload).some((axis) => axis.name === value)) state.by = value;
    else if (key === "claim" && (value === "own" || payload.claims.some((claim) => claim.id === value)))
      state.claim = value;
    else if (key === "search" && payload.claims.some((claim) => claim.id === value && claim.about === "web search"))
      state.search = value;
    else if (key === "own" && wattHours(value) !== null) state.own = Number(value);
    else return false;
    return true;
  }

  // A number of watt-hours that can be compared with anything, or null.
  function wattHours(text) {
    const value = String(text).trim() === "" ? NaN : Number(text);
    return value > 0 && value < 1e12 ? value : null;
  }

  function readLabel(payload, chosen, name, label) {
    const index = study.axisOf(payload, name)?.labels.indexOf(label) ?? -1;
    if (index >= 0) chosen[name] = index;
    return index >= 0;
  }

  function readBlend(payload, chosen, name, label) {
    const index = name === "model" ? study.blends(payload).findIndex((blend) => blend.label === label) : -1;
    if (index >= 0) chosen[name] = `blend:${index}`;
    return index >= 0;
  }

  function readOverride(payload, overrides, name, text) {
    const value = allowed(payload, name, text);
    if (value === null) return false;
    overrides[name] = value;
    return true;
  }

  // A value that a slider or lever may have, or null.
  function allowed(payload, name, text) {
    const given = String(text);
    const value = given.trim() === "" ? NaN : Number(given);
    if (name.startsWith("lever:")) {
      if (!payload.engine?.levers?.some((lever) => `lever:${lever.name}` === name)) return null;
      if (given === "off" || given === "on") return given;
      return value >= 1 && value <= 1000 ? value : null;
    }
    const slider = payload.engine?.sliders.find((row) => row.name === name && !row.reason);
    if (!slider || !(value >= slider.minimum && value <= slider.maximum)) return null;
    return slider.values?.length && !slider.values.includes(value) ? null : value;
  }

  // Labels and steps that a reader may want to go back to are entries of the history; a slider on its way is not.
  function keep(payload, state, entry) {
    const fragment = `#${write(payload, state)}`;
    if (fragment === location.hash) return;
    try {
      history[entry ? "pushState" : "replaceState"](null, "", fragment);
    } catch {
      // Some browsers allow neither for a file that was opened from a disk, or too many in a short time.
    }
  }

  wattquery.state = { allowed, initial, keep, read, wattHours, write };
})((globalThis.wattquery ??= {}));
