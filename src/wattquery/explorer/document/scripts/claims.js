// Public claims, numbered as in the picture, and the first question: is one of them, or a number of one's own, right?
"use strict";
(function (wattquery) {
  const { study, words } = wattquery;
  const { element, fill, label, link, numberField, write } = wattquery.dom;

  const card = (id, title, ...content) =>
    element(
      "article",
      { id, class: "card", "aria-labelledby": `${id}-title` },
      element("h3", { id: `${id}-title` }, title),
      content,
    );

  // Public claims, least first and numbered as in the picture.
  const numbered = (payload) =>
    [...payload.claims]
      .sort((one, other) => one.wh - other.wh)
      .map((claim, place) => ({ ...claim, number: place + 1 }));

  function claimOptions(claims) {
    return claims.map((claim) =>
      element(
        "option",
        { value: claim.id, dir: "auto" },
        `${claim.number}. ${words.shortened(claim.title, 80)}: ${words.wattHours(claim.wh)}`,
      ),
    );
  }

  function build(app) {
    const claims = numbered(app.payload);
    const groups = [
      ["About a query", "query"],
      ["Other claims", "other"],
    ].map(([title, about]) => {
      const rows = claims.filter((row) => row.about === about);
      return rows.length ? element("optgroup", { label: title }, claimOptions(rows)) : null;
    });
    const select = element(
      "select",
      { id: "claim" },
      element("option", { value: "own" }, "A number of my own"),
      groups,
    );
    const field = numberField(
      app,
      { id: "own", min: 0 },
      {
        allowed: wattquery.state.wattHours,
        set: (value) => app.change((state) => (state.own = value), false),
      },
    );
    const entry = element(
      "div",
      { class: "field" },
      element("label", { for: "own" }, "Number in Wh per query"),
      element("span", { class: "entry" }, field, element("span", { class: "unit" }, "Wh")),
    );
    const verdict = element("div", { class: "verdict" });
    select.addEventListener("change", () => app.change((state) => (state.claim = select.value)));
    function update({ payload, state, a }) {
      select.value = state.claim;
      entry.hidden = state.claim !== "own";
      write(field, state.own);
      const row = claims.find((one) => one.id === state.claim);
      fill(verdict, claimVerdict(payload, a, row, row ? row.wh : state.own));
      const share = a.cell && a.statistics ? wattquery.engine.share_below(a.cell, row ? row.wh : state.own) : NaN;
      verdict.dataset.share = String(share);
    }
    const box = card(
      "question-claim",
      "Is a claim right?",
      element("div", { class: "field" }, element("label", { for: "claim" }, "The claim"), select),
      entry,
      verdict,
    );
    return { box, update };
  }

  function claimVerdict(payload, side, row, wh) {
    if (side.statistics === null) return [element("p", {}, "Nothing is known of this selection to compare with.")];
    const { quantiles } = side.statistics;
    const times = wh / quantiles[2];
    const compared =
      times >= 0.95 && times <= 1.05
        ? "about the median here"
        : times > 1
          ? `${words.factor(times)} the median here`
          : `${words.factor(1 / times)} less than the median here`;
    const found = [
      element("p", { class: "said" }, judged(quantiles, wh)),
      element(
        "p",
        {},
        `${words.wattHours(wh)} is ${compared}, ${words.wattHours(quantiles[2])}. ${words.capital(shareWords(side.cell, wh))} of the distribution lies below it.`,
      ),
    ];
    if (row) found.push(...caveats(payload, side, row), source(row));
    return found;
  }

  // Beyond the outermost quantiles that a file holds, a share is known to be less or more than theirs, and no better.
  function shareWords(cell, wh) {
    const last = cell.stored ? cell.quantiles.length - 1 : -1;
    if (cell.stored && wh < cell.quantiles[0]) return `less than ${words.percent(cell.levels[0])}`;
    if (cell.stored && wh > cell.quantiles[last]) return `more than ${words.percent(cell.levels[last])}`;
    return words.percent(wattquery.engine.share_below(cell, wh));
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
    if (row.low !== null && row.high !== null && row.low !== undefined && row.high !== undefined)
      found.push(`The claim itself gives a range, ${words.range(row.low, row.high, "Wh")}.`);
    if (!row.boundary || row.boundary === "unknown")
      found.push("What the claim counts is not known; the selection is counted at the boundary above.");
    else if (row.boundary !== boundary)
      found.push(`The claim counts at the boundary "${row.boundary}", the selection at "${boundary}".`);
    if (row.model)
      found.push(
        `The claim is about a model of the class “${words.shortened(row.model, 40)}”: choose a selection that is like it.`,
      );
    return found.map((text) => element("p", { class: "quiet" }, text));
  }

  function source(row) {
    const cited = row.citation || row.title;
    const year = row.year && cited.includes(String(row.year)) ? "" : `, ${row.year ?? "no year"}`;
    const second = row.second_hand ? " (second-hand: quoted by others)" : "";
    return element(
      "p",
      { class: "quiet" },
      "Source: ",
      row.url ? link(row.url, cited) : label(cited),
      `${year}${second}`,
    );
  }

  wattquery.claims = { build, card, numbered, shareWords, source };
})((globalThis.wattquery ??= {}));
