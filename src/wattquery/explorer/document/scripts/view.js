// What one state of the page shows, computed once for all parts: the cells, their statistics and their names.
"use strict";
(function (wattquery) {
  const { study } = wattquery;

  function side(payload, selection) {
    const cell = study.cell(payload, selection);
    return {
      selection,
      cell,
      statistics: study.statistics(payload, selection, cell),
      name: study.named(payload, selection),
      changed: study.changed(selection),
    };
  }

  // `along` and `ranked`, A with each label of the axis that the reader compares, are computed when they are asked for:
  // there may be many of them.
  function compute(payload, state) {
    const a = side(payload, state.a);
    let rows = null;
    const view = {
      payload,
      state,
      a,
      b: state.comparing ? side(payload, state.b) : null,
      // The selection before anything was changed, to see what a change does.
      before: a.changed ? side(payload, { choice: state.a.choice, overrides: {} }) : null,
    };
    const all = () => (rows ??= along(payload, state.a, study.axisOf(payload, state.by)));
    const known = () => all().filter((row) => row.statistics);
    Object.defineProperty(view, "along", { get: all });
    Object.defineProperty(view, "ranked", {
      get: () => known().sort((one, other) => one.statistics.quantiles[2] - other.statistics.quantiles[2]),
    });
    return view;
  }

  // A with each label of an axis in turn, in the order of the axis.
  function along(payload, selection, axis) {
    return axis.labels.map((label, index) => {
      const there = { choice: { ...selection.choice, [axis.name]: index }, overrides: selection.overrides };
      return { index, label, selection: there, statistics: study.statistics(payload, there) };
    });
  }

  wattquery.view = { along, compute, side };
})((globalThis.wattquery ??= {}));
