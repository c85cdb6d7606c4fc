// Behind the numbers: all values of the selection, the exact call, the citation, the equation, notes and sources.
"use strict";
(function (wattquery) {
  const { study, words } = wattquery;
  const { $, button, code, element, fill, label, link, scrolling, table } = wattquery.dom;

  function build(app) {
    const { payload } = app;
    const values = element("div");
    const python = element("div");
    const shell = element("div");
    const block = (id, title, ...content) =>
      element(
        "section",
        { id, "aria-labelledby": `${id}-title` },
        element("h3", { id: `${id}-title` }, title),
        content,
      );
    fill(
      $("behind"),
      block(
        "numbers",
        "All numbers of the selection",
        values,
        element(
          "p",
          { class: "tools" },
          button("Download the slice as CSV", () => wattquery.csv.download(app.view())),
          element(
            "span",
            { class: "quiet" },
            " The selection along the axis of “Which is least?”, with units, sources and notes.",
          ),
        ),
      ),
      block(
        "call",
        "The call that gives this view",
        element("p", { class: "quiet" }, "Nothing has to be typed: this is for who wants to compute it again."),
        python,
        shell,
      ),
      block("cite", "Cite", ...citation(payload)),
      block("equation", "The equation", ...equation(payload)),
      block("notes", "Notes and sources", ...notes(payload)),
    );
    let called = "";
    return (view) => {
      fill(
        values,
        scrolling(
          "Table of all numbers",
          table("All numbers of the selection", ["Quantity", "Value", "Unit", "Boundary"], numbers(view)),
        ),
      );
      const call = view.a.statistics
        ? wattquery.engine?.call?.(payload, view.a.selection.choice, view.a.selection.overrides)
        : null;
      const key = JSON.stringify(call ?? null);
      if (key === called) return;
      called = key;
      fill(python, call?.python ? copied("Python", call.python) : element("p", {}, "There is no call for this view."));
      fill(
        shell,
        call?.shell ? copied("Shell", call.shell) : null,
        call?.reason ? element("p", { class: "quiet" }, `${words.capital(call.reason)}.`) : null,
      );
    };
  }

  function numbers({ payload, a }) {
    const boundary = study.boundaryOf(payload, a.selection.choice);
    const rows = a.statistics
      ? [
          ...["5 %", "25 %", "50 %", "75 %", "95 %"].map((level, place) => [
            `energy per query, ${level} quantile`,
            a.statistics.quantiles[place],
            "Wh",
            boundary,
          ]),
          ["energy per query, mean", a.statistics.mean, "Wh", boundary],
          ["energy per query, standard deviation", a.statistics.std, "Wh", boundary],
        ]
      : [];
    for (const [name, variable] of Object.entries(payload.variables)) {
      if (!study.isPlain(variable) || ["energy_mean", "energy_std"].includes(name)) continue;
      const value = study.value(payload, name, a.selection.choice);
      if (value === null || value === "" || Number.isNaN(value)) continue;
      const isFlag = ["supported", "extrapolated"].includes(name);
      const study_only = a.changed && typeof value === "number" && !isFlag ? " (in the study)" : "";
      rows.push([
        `${variable.title || name}${study_only}`,
        isFlag ? (value ? "yes" : "no") : value,
        variable.unit === "1" ? "" : variable.unit,
        variable.boundary,
      ]);
    }
    return rows;
  }

  // A text with a button that copies it; where the browser lets nobody copy, the text is selected instead.
  function copied(title, text) {
    const shown = code(text);
    const done = element("span", { role: "status", class: "quiet" });
    const copy = button(
      "Copy",
      async () => {
        try {
          await navigator.clipboard.writeText(text);
          done.textContent = " Copied";
        } catch {
          getSelection().selectAllChildren(shown);
          done.textContent = document.execCommand("copy") ? " Copied" : " Selected: press Ctrl or ⌘ and C";
        }
        setTimeout(() => (done.textContent = ""), 4000);
      },
      { class: "plain small" },
    );
    copy.setAttribute("aria-label", `Copy: ${title}`);
    return element(
      "div",
      { class: "copied" },
      element("p", { class: "tools" }, element("strong", {}, title), " ", copy, done),
      shown,
    );
  }

  function citation({ citations, calls }) {
    const found = [copied("In a text", citations.line)];
    if (citations.bibtex) found.push(copied("BibTeX", citations.bibtex));
    const made = [
      ["Python", calls?.python],
      ["Shell", calls?.shell],
    ].filter(([, text]) => text);
    if (made.length)
      found.push(
        element(
          "details",
          {},
          element("summary", {}, "How this file was made"),
          made.map(([title, text]) => copied(title, text)),
        ),
      );
    return found;
  }

  function equation({ equation: told }) {
    if (!told) return [element("p", {}, "No equation is given.")];
    const limits = told.limits ?? [];
    return [
      code(told.text.join("\n")),
      scrolling("Symbols of the equation", symbols(told.symbols)),
      limits.length ? element("p", {}, "Limits:") : null,
      limits.length
        ? element(
            "ul",
            {},
            limits.map((text) => element("li", {}, text)),
          )
        : null,
      told.source?.text
        ? element(
            "p",
            { class: "quiet" },
            "Source: ",
            told.source.url ? link(told.source.url, told.source.text) : label(told.source.text),
          )
        : null,
    ].filter(Boolean);
  }

  const symbols = (rows) =>
    table(
      "Symbols",
      ["Symbol", "Meaning", "Unit"],
      rows.map((row) => [row.symbol, row.meaning, row.unit]),
    );

  function paperLink({ paper, sources }) {
    const url = sources.find((source) => source.text === paper)?.url;
    return url ? link(url, paper) : label(paper);
  }

  function notes({ notes: told, citations }) {
    const items = told.map((note) => element("li", {}, note));
    const named = citations.sources.filter((source) => source.text !== citations.paper);
    const sources = named.map((source) =>
      element("li", {}, source.url ? link(source.url, source.text) : label(source.text)),
    );
    return [
      items.length ? element("ul", {}, items) : element("p", {}, "No notes."),
      citations.paper ? element("p", {}, paperLink(citations)) : null,
      sources.length ? element("ul", {}, sources) : null,
    ].filter(Boolean);
  }

  wattquery.reference = { build };
})((globalThis.wattquery ??= {}));
