// Where it starts: reads the study, builds the parts, and draws them anew, at most once a frame, when something changes.
"use strict";
(function (wattquery) {
  const { $, element, fill } = wattquery.dom;
  const { words } = wattquery;
  const [PAUSE, LONGEST] = [40, 250]; // milliseconds that the second part waits for a next change, and at most

  function start() {
    wattquery.theme.build();
    const payload = wattquery.decode(JSON.parse($("study").textContent));
    heading(payload);
    const app = { payload, state: null, change, keep, refresh, view: () => view };
    let view = null;
    let waiting = false;
    let later = 0;
    let rested = 0;
    const root = document.documentElement;

    const [claim, search, least] = wattquery.questions.build(app);
    const first = [
      wattquery.answer.update,
      wattquery.controls.build(app),
      wattquery.sliders.build(app),
      claim,
      search,
      wattquery.charts.distribution.build(app),
    ];
    const second = [
      least,
      ...["bands", "frontier", "tornado", "waterfall"].map((name) => wattquery.charts[name].build(app)),
      wattquery.reference.build(app),
    ];

    // `entry` says whether the reader may want to come back here: true of a choice, false of a slider on its way.
    function change(act, entry = true) {
      act(app.state);
      if (entry) wattquery.state.keep(payload, app.state, true);
      refresh();
    }

    function keep() {
      wattquery.state.keep(payload, app.state, true);
    }

    function refresh() {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        draw();
      });
    }

    // What the reader looks at while a slider moves is drawn in the frame itself, the rest right after it.
    function draw() {
      const started = performance.now();
      view = wattquery.view.compute(payload, app.state);
      view.change = change;
      for (const part of first) part(view);
      wattquery.answer.speak();
      root.dataset.milliseconds = (performance.now() - started).toFixed(1);
      root.dataset.drawn = "part";
      clearTimeout(later);
      later = setTimeout(drawRest, performance.now() - rested > LONGEST ? 0 : PAUSE);
    }

    function drawRest() {
      for (const part of second) part(view);
      rested = performance.now();
      root.dataset.drawn = "all";
    }

    function fromAddress() {
      const { state, ignored } = wattquery.state.read(payload, location.hash.slice(1));
      app.state = state;
      const notice = $("notice");
      notice.hidden = ignored.length === 0;
      if (ignored.length) {
        const more = ignored.length > 5 ? `, and ${ignored.length - 5} more` : "";
        fill(
          notice,
          `Of the address, this file does not know: ${ignored.slice(0, 5).join("; ")}${more}. The rest was read.`,
        );
      }
    }

    // A link to a place moves the focus there, and leaves the address as it is: that holds the view.
    for (const skip of document.querySelectorAll(".skip")) {
      skip.addEventListener("click", (event) => {
        event.preventDefault();
        $(skip.getAttribute("href").slice(1)).focus();
      });
    }
    fromAddress();
    draw();
    window.addEventListener("hashchange", again);
    window.addEventListener("popstate", again);
    function again() {
      if ($(location.hash.slice(1))) return; // a place in the page, which says nothing of the view
      if (location.hash.slice(1) === wattquery.state.write(payload, app.state)) return;
      fromAddress();
      refresh();
    }
  }

  function heading({ title, made }) {
    document.title = words.visible(title);
    fill($("title"), wattquery.dom.label(title));
    const parts = [
      made.version && `wattquery ${made.version}`,
      made.catalog && `catalog ${made.catalog}`,
      made.preset && `preset ${made.preset}`,
      made.date,
    ];
    $("made").textContent = words.visible(parts.filter(Boolean).join(", "));
    fill(
      $("foot"),
      `Made ${words.visible(made.date)} by wattquery ${words.visible(made.version)}. This page is one file: it sends nothing, and loads nothing.`,
    );
  }

  // A file that cannot be read says so on the page, not only where developers look.
  try {
    start();
  } catch (problem) {
    const notice = $("notice");
    notice.hidden = false;
    fill(notice, element("span", {}, `This page cannot show its study: ${problem.message}`));
    throw problem;
  }
})((globalThis.wattquery ??= {}));
