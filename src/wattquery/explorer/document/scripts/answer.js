// The answer at the top: a sentence, its ranges, what warns, how A compares with B, and what was changed.
"use strict";
(function (wattquery) {
  const { study, words } = wattquery;
  const { $, button, element, fill, label } = wattquery.dom;

  const BOUNDARIES = {
    facility: "at the facility: servers, cooling and losses of the data centre",
    node: "at the node: the whole server, without the data centre's overhead",
    accelerator: "at the accelerators alone",
  };

  function boundaryWords(payload, choice) {
    const boundary = study.boundaryOf(payload, choice);
    return BOUNDARIES[boundary] ?? `at the boundary "${boundary}"`;
  }

  function update(view) {
    const { a, payload } = view;
    const section = $("answer");
    const { model, rest } = study.subject(payload, a.selection);
    fill($("conditions"), rest ? label(words.capital(rest)) : null);
    $("conditions").hidden = !rest;
    if (a.statistics === null) {
      fill($("sentence"), "Nothing is known of ", label(model ?? "this selection"), ".");
      delete section.dataset.quantiles;
      fill($("ranges"), element("p", {}, reason(payload, a)), nearest(view));
    } else {
      const { quantiles, mean, std } = a.statistics;
      section.dataset.quantiles = JSON.stringify(quantiles);
      section.dataset.mean = String(mean);
      section.dataset.std = String(std);
      fill(
        $("sentence"),
        model ? ["One query to ", label(model), " takes about "] : "One query takes about ",
        element("strong", {}, `${words.wattHours(quantiles[2])}.`),
      );
      fill(
        $("ranges"),
        ranges(a.statistics),
        element(
          "p",
          { class: "quiet" },
          `Watt-hours per query, counted ${boundaryWords(payload, a.selection.choice)}.`,
        ),
      );
    }
    const short = a.statistics
      ? `${words.wattHours(a.statistics.quantiles[2])} (90 % range ${words.range(a.statistics.quantiles[0], a.statistics.quantiles[4])})`
      : "no data";
    fill($("bar"), view.b?.statistics ? `A: ${short}, B: ${words.wattHours(view.b.statistics.quantiles[2])}` : short);
    fill(
      $("warnings"),
      warnings(payload, a).map(([kind, text]) =>
        element(
          "li",
          { class: kind === "Extrapolated" || kind === "Note" ? null : "told" },
          element("strong", {}, `${kind}: `),
          text,
        ),
      ),
    );
    comparison(view);
    chips(view);
  }

  function ranges({ quantiles, mean }) {
    const row = (term, text) => element("div", {}, element("dt", {}, term), element("dd", {}, text));
    return element(
      "dl",
      { class: "ranges" },
      row("50 % range", words.range(quantiles[1], quantiles[3], "Wh")),
      row("90 % range", words.range(quantiles[0], quantiles[4], "Wh")),
      row("median", words.wattHours(quantiles[2], 3)),
      Number.isFinite(mean) ? row("mean", words.wattHours(mean, 3)) : null,
    );
  }

  function reason(payload, side) {
    const stored = study.value(payload, "unsupported_reason", side.selection.choice);
    const told = stored || wattquery.engine?.reason?.(payload, side.selection.choice);
    return told ? words.capital(words.visible(told)) : "The catalog has no data for this combination.";
  }

  function nearest({ payload, state, change }) {
    const found = study.firstWithData(payload, state.a.choice);
    if (!study.hasData(payload, found)) return element("p", {}, "No combination in this file has data.");
    return button(`Show the nearest with data: ${study.named(payload, { choice: found }, 30)}`, () =>
      change((now) => (now.a.choice = found)),
    );
  }

  function warnings(payload, side) {
    const { choice } = side.selection;
    const found = [];
    const support = study.value(payload, "support", choice);
    const basis = study.value(payload, "support_basis", choice);
    for (const text of wattquery.engine.caveats(payload, choice, side.selection.overrides)) {
      const kind = /^([A-Z][a-z]+): /.exec(text);
      found.push(kind ? [kind[1], text.slice(kind[0].length)] : ["Note", text]);
    }
    if (study.value(payload, "extrapolated", choice) && !found.some(([kind]) => kind === "Extrapolated")) {
      found.unshift([
        "Extrapolated",
        "this combination lies outside of what was measured, and the range may be too narrow.",
      ]);
    }
    for (const note of ofModel(payload, choice.model)) found.push(["Note", note]);
    if (side.statistics && support) found.push(["Support", [support, basis].filter(Boolean).join(", ")]);
    return found;
  }

  // Notes about the model that is chosen, or about one of the blend: who reads its number is to read them.
  function ofModel(payload, chosen) {
    const places = typeof chosen === "string" ? study.blends(payload)[Number(chosen.slice(6))].models : [chosen ?? 0];
    const labels = study.axisOf(payload, "model")?.labels ?? [];
    return payload.notes.filter((note) =>
      places.some((place) => [":", " ("].some((end) => note.startsWith(`${labels[place]}${end}`))),
    );
  }

  function comparison({ payload, a, b }) {
    const place = $("comparison");
    place.hidden = b === null;
    delete place.dataset.quantiles;
    delete place.dataset.ratio;
    if (b === null) return;
    if (b.statistics === null) {
      fill(
        place,
        element(
          "p",
          {},
          element("span", { class: "key b" }, "B"),
          " Nothing is known of ",
          label(b.name),
          `. ${reason(payload, b)}`,
        ),
      );
      return;
    }
    place.dataset.quantiles = JSON.stringify(b.statistics.quantiles);
    const named = (key, side) =>
      element(
        "p",
        {},
        element("span", { class: `key ${key}` }, key.toUpperCase()),
        " ",
        label(side.name),
        side.changed ? " (changed)" : "",
        ": ",
        element("strong", {}, words.wattHours(side.statistics.quantiles[2])),
        `, 90 % range ${words.range(side.statistics.quantiles[0], side.statistics.quantiles[4], "Wh")}`,
      );
    const ratio =
      a.statistics && a.cell && b.cell ? wattquery.engine.ratio(a.cell, b.cell, Object.values(words.LEVELS)) : null;
    if (ratio) place.dataset.ratio = JSON.stringify(ratio.quantiles);
    fill(place, a.statistics ? named("a", a) : null, named("b", b), ratio ? element("p", {}, ratioWords(ratio)) : null);
  }

  function ratioWords({ quantiles, basis }) {
    const told = `A takes ${words.factor(quantiles[2])} the energy of B (50 % range ${words.range(quantiles[1], quantiles[3])}, 90 % range ${words.range(quantiles[0], quantiles[4])} times).`;
    const open =
      quantiles[0] < 1 && quantiles[4] > 1
        ? " Which of the two takes more is not settled: the 90 % range holds 1."
        : "";
    return `${told}${open}${basis ? ` ${sentence(basis)}` : ""}`;
  }

  const sentence = (text) => `${words.capital(text.trim())}${/[.!?]$/.test(text.trim()) ? "" : "."}`;

  // What differs from the study, each with a button that takes it back.
  function chips({ payload, state, change }) {
    const sides = state.comparing ? ["a", "b"] : ["a"];
    const made = sides.flatMap((side) =>
      Object.entries(state[side].overrides).map(([name, value]) => {
        const text = `${state.comparing ? `${side.toUpperCase()}: ` : ""}${wattquery.sliders.words(payload, name, value)}`;
        return button(`${text} ✕`, () => change((now) => delete now[side].overrides[name]), {
          class: "chip",
          "aria-label": `${text}, take back`,
        });
      }),
    );
    const all = made.length
      ? button("Reset all", () => change((now) => sides.forEach((side) => (now[side].overrides = {}))), {
          class: "plain",
        })
      : null;
    fill($("changes"), made.length ? element("span", { class: "quiet" }, "Changed from the study:") : null, made, all);
  }

  // Read aloud once the reader has stopped, not at every step of a slider.
  let waiting = 0;
  function speak() {
    clearTimeout(waiting);
    waiting = setTimeout(() => fill($("spoken"), $("sentence").textContent), 700);
  }

  wattquery.answer = { boundaryWords, ratioWords, speak, update };
})((globalThis.wattquery ??= {}));
