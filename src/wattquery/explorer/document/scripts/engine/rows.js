// The numbers of a deployment: its row among those of the study, and what lies between two loads that were computed.
"use strict";
(function (wattquery) {
  const { at } = wattquery.factors;
  const label = (choice, axis) => choice[axis] ?? 0;

  // Return the row of a cell at one of the loads that were computed.
  function rowAt(engine, choice, load) {
    return engine.row_axes.reduce((row, axis, dimension) => {
      const size = engine.row_shape[dimension];
      const place = engine.load?.axis === axis ? load : label(choice, axis);
      return row * size + (size === 1 ? 0 : place);
    }, 0);
  }

  // Return between which computed loads a cell lies: {before, after, share}, the same ones where it is one of them.
  function loadPlaces(engine, choice, overrides) {
    if (!engine.load) return { before: 0, after: 0, share: 0 };
    const { axis, values, places } = engine.load;
    const asked = overrides[axis];
    const at = (place) => ({ before: place, after: place, share: 0 });
    if (asked === undefined) return at(places[label(choice, axis)]);
    const after = values.findIndex((value) => value >= asked * (1 - 1e-12));
    if (after < 0) return at(values.length - 1);
    if (after === 0 || Math.abs(values[after] / asked - 1) < 1e-9) return at(after);
    return { before: after - 1, after, share: shareOf(values, after - 1, asked) };
  }

  // How far a load is from one computed load to the next, as logarithms; beyond 0 and 1 where it is not between them.
  const shareOf = (values, before, asked) =>
    Math.log(asked / values[before]) / Math.log(values[before + 1] / values[before]);

  // Numbers of a deployment; between two loads positive ones are taken along the line in ln x over ln load.
  function numbersOf(engine, kind, choice, overrides) {
    const columns = engine.columns[kind];
    const numbersAt = (load) => {
      const row = rowAt(engine, choice, load);
      return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, at(column, row)]));
    };
    const { before, after, share } = loadPlaces(engine, choice, overrides);
    const first = numbersAt(before);
    if (before === after) return first;
    const second = numbersAt(after);
    const batch = first.batch ** (1 - share) * second.batch ** share;
    const { axis, values } = engine.load;
    if (batch <= 1) {
      // Below one running sequence an instance idles for a part of the time, and is else what it is with one.
      const idle = (1 / batch - 1) / (1 / first.batch - 1);
      const near = second.batch <= 1 ? between(first, second, share) : onward(numbersAt, before - 1, first);
      const { own_mean, own_variance } = near;
      return {
        ...first,
        per_request: first.per_request * idle,
        node_request: first.node_request * idle,
        own_mean,
        own_variance,
      };
    }
    if (first.batch >= 1) return between(first, second, share);
    // What is known changes at one running sequence: from above it is that of the loads above.
    if (after + 1 >= values.length) return second;
    return between(second, numbersAt(after + 1), shareOf(values, after, overrides[axis]));

    function onward(numbers, place, last) {
      return place < 0 ? last : between(numbers(place), last, shareOf(values, place, overrides[axis]));
    }
  }

  function between(first, second, share) {
    const numbers = {};
    for (const [name, value] of Object.entries(first)) {
      const other = second[name];
      if (value === other) numbers[name] = value;
      else if (value > 0 && other > 0) numbers[name] = Math.exp((1 - share) * Math.log(value) + share * Math.log(other));
      else numbers[name] = (1 - share) * value + share * other;
    }
    return numbers;
  }

  // The rows that a cell lies between, each with its share: [[row, share], ...].
  function sharesOf(engine, choice, overrides) {
    const { before, after, share } = loadPlaces(engine, choice, overrides);
    const first = rowAt(engine, choice, before);
    if (before === after) return [[first, 1]];
    return [
      [first, 1 - share],
      [rowAt(engine, choice, after), share],
    ];
  }

  wattquery.rows = { numbersOf, sharesOf };
})((globalThis.wattquery ??= {}));
