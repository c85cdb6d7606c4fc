// Three questions anyone has: is a claim right, how many times a web search, and which label is least.
"use strict";
(function (wattquery) {
  const {study, words} = wattquery;
  const {$, element, fill, label, link, write} = wattquery.dom;

  const card = (id, title, ...content) =>
    element("article", {id, class: "card", "aria-labelledby": `${id}-title`}, element("h3", {id: `${id}-title`}, title), content);

  function build(app) {
    const parts = [claim(app), search(app), least(app)];
    fill($("cards"), parts.map((part) => part.box));
    return (view) => parts.forEach((part) => part.update(view));
  }

  // Public claims, least first and numbered as in the picture.
  const numbered = (payload) => [...payload.claims].sort((one, other) => one.wh - other.wh).map((claim, place) => ({...claim, number: place + 1}));

  function claimOptions(claims) {
    return claims.map((claim) => element("option", {value: claim.id, dir: "auto"}, `${claim.number}. ${words.shortened(claim.title, 80)}: ${words.wattHours(claim.wh)}`));
  }

  function claim(app) {
    const claims = numbered(app.payload);
    const groups = [["About a query", "query"], ["Other claims", "other"]].map(([title, about]) => {
      const rows = claims.filter((row) => row.about === about);
      return rows.length ? element("optgroup", {label: title}, claimOptions(rows)) : null;
    });
    const select = element("select", {id: "claim"}, element("option", {value: "own"}, "A number of my own"), groups);
    const field = element("input", {type: "number", id: "own", min: 0, step: "any", inputmode: "decimal"});
    const entry = element("div", {class: "field"}, element("label", {for: "own"}, "Number in Wh per query"), element("span", {class: "entry"}, field, element("span", {class: "unit"}, "Wh")));
    const verdict = element("div", {class: "verdict"});
    select.addEventListener("change", () => app.change((state) => (state.claim = select.value)));
    field.addEventListener("input", () => {
      const value = Number(field.value);
      field.setAttribute("aria-invalid", String(!(value > 0)));
      if (value > 0) app.change((state) => (state.own = value), false);
    });
    field.addEventListener("change", () => {
      field.removeAttribute("aria-invalid");
      app.keep();
      app.refresh();
    });
    function update({payload, state, a}) {
      select.value = state.claim;
      entry.hidden = state.claim !== "own";
      write(field, state.own);
      const row = claims.find((one) => one.id === state.claim);
      fill(verdict, claimVerdict(payload, a, row, row ? row.wh : state.own));
      const share = a.cell && a.statistics ? wattquery.engine.share_below(a.cell, row ? row.wh : state.own) : NaN;
      verdict.dataset.share = String(share);
    }
    const box = card("question-claim", "Is a claim right?",
      element("div", {class: "field"}, element("label", {for: "claim"}, "The claim"), select), entry, verdict);
    return {box, update};
  }

  function claimVerdict(payload, side, row, wh) {
    if (side.statistics === null) return [element("p", {}, "Nothing is known of this selection to compare with.")];
    const {quantiles} = side.statistics;
    const share = wattquery.engine.share_below(side.cell, wh);
    const times = wh / quantiles[2];
    const compared = times >= 0.95 && times <= 1.05 ? "about the median here" : times > 1 ? `${words.factor(times)} the median here` : `${words.factor(1 / times)} less than the median here`;
    const found = [
      element("p", {class: "said"}, judged(quantiles, wh)),
      element("p", {}, `${words.wattHours(wh)} is ${compared}, ${words.wattHours(quantiles[2])}. ${words.capital(words.percent(share))} of the distribution lies below it.`),
    ];
    if (row) found.push(...caveats(payload, side, row), source(row));
    return found;
  }

  function judged(quantiles, wh) {
    if (wh < quantiles[0]) return "Too low for this selection: it is below the 90 % range.";
    if (wh > quantiles[4]) return "Too high for this selection: it is above the 90 % range.";
    if (wh < quantiles[1]) return "Possible, but on the low side for this selection.";
    if (wh > quantiles[3]) return "Possible, but on the high side for this selection.";
    return "It fits this selection: it is within the 50 % range.";
  }

  function caveats(payload, side, row) {
    const boundary = study.boundaryOf(payload, side.selection.choice);
    const found = [];
    if (row.low !== null && row.high !== null && row.low !== undefined && row.high !== undefined) found.push(`The claim itself gives a range, ${words.range(row.low, row.high, "Wh")}.`);
    if (!row.boundary || row.boundary === "unknown") found.push("What the claim counts is not known; the selection is counted at the boundary above.");
    else if (row.boundary !== boundary) found.push(`The claim counts at the boundary "${row.boundary}", the selection at "${boundary}".`);
    if (row.model) found.push(`The claim is about a model of the class “${words.shortened(row.model, 40)}”: choose a selection that is like it.`);
    return found.map((text) => element("p", {class: "quiet"}, text));
  }

  function source(row) {
    const second = row.second_hand ? " (second-hand: quoted by others)" : "";
    return element("p", {class: "quiet"}, "Source: ", row.url ? link(row.url, row.citation || row.title) : label(row.citation || row.title), `, ${row.year ?? "no year"}${second}`);
  }

  function search(app) {
    const claims = numbered(app.payload).filter((row) => row.about === "web search");
    const select = element("select", {id: "search"}, claims.map((row) => element("option", {value: row.id, dir: "auto"}, `${words.shortened(row.title, 80)}: ${words.wattHours(row.wh)}`)));
    const answer = element("div", {class: "verdict"});
    select.addEventListener("change", () => app.change((state) => (state.search = select.value)));
    function update({a, state}) {
      const row = claims.find((one) => one.id === state.search);
      delete answer.dataset.ratio;
      if (!row) return fill(answer, element("p", {}, "This file holds no claim about a web search."));
      select.value = row.id;
      if (!a.statistics || !a.cell) return fill(answer, element("p", {}, "Nothing is known of this selection to compare with."));
      const ratio = wattquery.engine.ratio(a.cell, row.wh, Object.values(words.LEVELS)).quantiles;
      answer.dataset.ratio = JSON.stringify(ratio);
      return fill(answer,
        element("p", {class: "said"}, ratio[2] >= 0.995 ? `About ${words.factor(ratio[2])} a web search.` : `Less than a web search: about ${words.number(ratio[2])} of one.`),
        element("p", {}, `One query takes ${words.number(ratio[2])} times the ${words.wattHours(row.wh)} of the search (50 % range ${words.range(ratio[1], ratio[3])}, 90 % range ${words.range(ratio[0], ratio[4])} times).`),
        element("p", {class: "quiet"}, `The range is that of the query alone: the search is one number${row.year ? ` of ${row.year}` : ""}, said without a range${!row.boundary || row.boundary === "unknown" ? " or a word on what it counts" : ""}.`),
        source(row));
    }
    const box = card("question-search", "How many times a web search?", claims.length ? element("div", {class: "field"}, element("label", {for: "search"}, "The search"), select) : null, answer);
    return {box, update};
  }

  // The axis whose labels are compared, here and in the picture of them.
  function axisSelect(app, id) {
    const axes = app.payload.axes.filter((axis) => axis.labels.length > 1);
    const shown = axes.length ? axes : app.payload.axes.slice(0, 1);
    const select = element("select", {id}, shown.map((axis) => element("option", {value: axis.name}, words.capital(wattquery.controls.axisTitle(axis)))));
    select.addEventListener("change", () => app.change((state) => (state.by = select.value)));
    return select;
  }

  function least(app) {
    const select = axisSelect(app, "by");
    const answer = element("div", {class: "verdict"});
    function update({payload, state, ranked}) {
      select.value = state.by;
      fill(answer, leastWords(payload, state.by, ranked));
      answer.dataset.least = ranked.length ? ranked[0].label : "";
    }
    const box = card("question-least", "Which is least?", element("div", {class: "field"}, element("label", {for: "by"}, "Compare all labels of"), select), answer);
    return {box, update};
  }

  function leastWords(payload, axis, ranked) {
    if (!ranked.length) return [element("p", {}, "No label of this axis has data for the rest of the selection.")];
    const [first, ...rest] = ranked;
    const range = words.range(first.statistics.quantiles[1], first.statistics.quantiles[3], "Wh");
    const found = [
      element("p", {class: "said"}, label(words.shortened(first.label, 80)), `: ${words.wattHours(first.statistics.quantiles[2])}.`),
      element("p", {}, `The least median of ${ranked.length} with data; 50 % range ${range}, 90 % range ${words.range(first.statistics.quantiles[0], first.statistics.quantiles[4], "Wh")}.`),
    ];
    if (!rest.length) return found;
    const near = rest.filter((row) => row.statistics.quantiles[1] <= first.statistics.quantiles[3]);
    const few = near.slice(0, 3).map((row) => `${words.shortened(row.label, 40)} (${words.wattHours(row.statistics.quantiles[2])})`);
    const more = near.length > 3 ? [...few, `${near.length - 3} more`] : few;
    found.push(element("p", {}, near.length
      ? `Not clearly told apart from it, as their 50 % ranges overlap: ${words.listed(more)}.`
      : `It is told apart from the next, ${words.shortened(rest[0].label, 40)} (${words.wattHours(rest[0].statistics.quantiles[2])}): their 50 % ranges do not overlap.`));
    const last = ranked[ranked.length - 1];
    found.push(element("p", {class: "quiet"}, `The most: ${words.shortened(last.label, 40)}, ${words.wattHours(last.statistics.quantiles[2])}, ${words.factor(last.statistics.quantiles[2] / first.statistics.quantiles[2])} as much. All of them stand side by side in the picture below.`));
    return found;
  }

  wattquery.questions = {axisSelect, build, numbered};
})((globalThis.wattquery ??= {}));
