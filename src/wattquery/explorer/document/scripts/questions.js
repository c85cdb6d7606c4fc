// Three questions anyone has: is a claim right (see claims.js), how many times a web search, and which is least.
"use strict";
(function (wattquery) {
  const { words } = wattquery;
  const { $, element, fill, label } = wattquery.dom;
  const { card, numbered, source } = wattquery.claims;

  function build(app) {
    const parts = [wattquery.claims.build(app), search(app), least(app)];
    fill(
      $("cards"),
      parts.map((part) => part.box),
    );
    return parts.map((part) => part.update);
  }

  function search(app) {
    const claims = numbered(app.payload).filter((row) => row.about === "web search");
    const select = element(
      "select",
      { id: "search" },
      claims.map((row) =>
        element(
          "option",
          { value: row.id, dir: "auto" },
          `${words.shortened(row.title, 80)}: ${words.wattHours(row.wh)}`,
        ),
      ),
    );
    const answer = element("div", { class: "verdict" });
    select.addEventListener("change", () => app.change((state) => (state.search = select.value)));
    function update({ a, state }) {
      const row = claims.find((one) => one.id === state.search);
      delete answer.dataset.ratio;
      if (!row) return fill(answer, element("p", {}, "This file holds no claim about a web search."));
      select.value = row.id;
      if (!a.statistics || !a.cell)
        return fill(answer, element("p", {}, "Nothing is known of this selection to compare with."));
      const ratio = wattquery.engine.ratio(a.cell, row.wh, Object.values(words.LEVELS)).quantiles;
      answer.dataset.ratio = JSON.stringify(ratio);
      return fill(
        answer,
        element(
          "p",
          { class: "said" },
          ratio[2] >= 0.995
            ? `About ${words.factor(ratio[2])} a web search.`
            : `Less than a web search: about ${words.number(ratio[2])} of one.`,
        ),
        element(
          "p",
          {},
          `One query takes ${words.number(ratio[2])} times the ${words.wattHours(row.wh)} of the search (50 % range ${words.range(ratio[1], ratio[3])}, 90 % range ${words.range(ratio[0], ratio[4])} times).`,
        ),
        element(
          "p",
          { class: "quiet" },
          `The range is that of the query alone: the search is one number${row.year ? ` of ${row.year}` : ""}, said without a range${!row.boundary || row.boundary === "unknown" ? " or a word on what it counts" : ""}.`,
        ),
        source(row),
      );
    }
    const box = card(
      "question-search",
      "How many times a web search?",
      claims.length
        ? element("div", { class: "field" }, element("label", { for: "search" }, "The search"), select)
        : null,
      answer,
    );
    return { box, update };
  }

  // The axis whose labels are compared, here and in the picture of them.
  function axisSelect(app, id) {
    const axes = app.payload.axes.filter((axis) => axis.labels.length > 1);
    const shown = axes.length ? axes : app.payload.axes.slice(0, 1);
    const select = element(
      "select",
      { id },
      shown.map((axis) => element("option", { value: axis.name }, words.capital(wattquery.controls.axisTitle(axis)))),
    );
    select.addEventListener("change", () => app.change((state) => (state.by = select.value)));
    return select;
  }

  function least(app) {
    const select = axisSelect(app, "by");
    const answer = element("div", { class: "verdict" });
    function update({ payload, state, ranked }) {
      select.value = state.by;
      fill(answer, leastWords(payload, state.by, ranked));
      answer.dataset.least = ranked.length ? ranked[0].label : "";
    }
    const box = card(
      "question-least",
      "Which is least?",
      element("div", { class: "field" }, element("label", { for: "by" }, "Compare all labels of"), select),
      answer,
    );
    return { box, update };
  }

  function leastWords(payload, axis, ranked) {
    if (!ranked.length) return [element("p", {}, "No label of this axis has data for the rest of the selection.")];
    const [first, ...rest] = ranked;
    const range = words.range(first.statistics.quantiles[1], first.statistics.quantiles[3], "Wh");
    const found = [
      element(
        "p",
        { class: "said" },
        label(words.shortened(first.label, 80)),
        `: ${words.wattHours(first.statistics.quantiles[2])}.`,
      ),
      element(
        "p",
        {},
        `${rest.length ? `The least median of ${ranked.length} with data` : "The only one with data, so that nothing is compared"}; 50 % range ${range}, 90 % range ${words.range(first.statistics.quantiles[0], first.statistics.quantiles[4], "Wh")}.`,
      ),
    ];
    if (!rest.length) return found;
    const near = rest.filter((row) => row.statistics.quantiles[1] <= first.statistics.quantiles[3]);
    const few = near
      .slice(0, 3)
      .map((row) => `${words.shortened(row.label, 40)} (${words.wattHours(row.statistics.quantiles[2])})`);
    const more = near.length > 3 ? [...few, `${near.length - 3} more`] : few;
    found.push(
      element(
        "p",
        {},
        near.length
          ? `Not clearly told apart from it, as their 50 % ranges overlap: ${words.listed(more)}.`
          : `It is told apart from the next, ${words.shortened(rest[0].label, 40)} (${words.wattHours(rest[0].statistics.quantiles[2])}): their 50 % ranges do not overlap.`,
      ),
    );
    const last = ranked[ranked.length - 1];
    found.push(
      element(
        "p",
        { class: "quiet" },
        `The most: ${words.shortened(last.label, 40)}, ${words.wattHours(last.statistics.quantiles[2])}, ${words.factor(last.statistics.quantiles[2] / first.statistics.quantiles[2])} as much. All of them stand side by side in the picture below.`,
      ),
    );
    return found;
  }

  wattquery.questions = { axisSelect, build };
})((globalThis.wattquery ??= {}));
