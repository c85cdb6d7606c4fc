// The frame of every picture: its title, the SVG that Observable Plot draws, words that say its numbers, and a table.
"use strict";
(function (wattquery) {
  const { words } = wattquery;
  const { $, element, fill, scrolling, table } = wattquery.dom;

  const NARROW = 520; // pixels below which labels stand above their rows

  // One figure; `draw` is given what to plot for a width, `text` the caption, `rows` the table when it is opened.
  function figure(id, title) {
    const image = element("div", { class: "image", role: "img" });
    const caption = element("figcaption");
    const details = element("details", { class: "numbers" }, element("summary", {}, "The numbers as a table"));
    const tools = element("div", { class: "tools" });
    const box = element(
      "figure",
      { id, "aria-labelledby": `${id}-title` },
      element("h3", { id: `${id}-title` }, title),
      tools,
      image,
      caption,
      details,
    );
    $("pictures").append(box);
    let shown = null;
    let width = 0;

    function draw(what) {
      shown = what;
      box.hidden = what === null;
      if (what === null) return;
      fill(caption, element("p", {}, what.caption));
      image.hidden = !what.plot;
      details.hidden = !what.rows;
      image.setAttribute("aria-label", words.visible(`${title}. ${what.caption}`));
      paint();
      rows();
    }

    function paint() {
      width = Math.floor(image.clientWidth);
      if (!shown?.plot || width < 50) return;
      const svg = Plot.plot({
        className: "plot",
        width,
        style: { background: "none", color: "currentColor", fontFamily: "inherit", fontSize: "13px" },
        ...shown.plot(width),
      });
      svg.setAttribute("aria-hidden", "true"); // the words of the picture are those of its frame
      image.replaceChildren(svg);
    }

    function rows() {
      if (!details.open || !shown?.rows) return;
      const { heads, rows: found } = shown.rows();
      const made = scrolling(`${title}, numbers`, table(title, heads, found));
      fill(details, details.firstElementChild, made);
    }

    details.addEventListener("toggle", rows);
    new ResizeObserver(() => Math.floor(image.clientWidth) !== width && paint()).observe(image);
    return { box, draw, tools };
  }

  // Ticks of a logarithmic axis in plain numbers: 1, 2 and 5 where there is room, else powers of ten.
  function ticks([low, high], width) {
    const decades = Math.log10(high / low);
    const steps = width / decades > 190 ? [1, 2, 5] : width / decades > 90 ? [1, 3] : [1];
    const every = Math.max(1, Math.ceil((decades * 48) / width));
    const found = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
      if (power % every) continue;
      for (const step of steps) {
        const tick = Number(`${step}e${power}`);
        if (tick >= low && tick <= high) found.push(tick);
      }
    }
    return found;
  }

  const tick = (value) => words.number(value, 1);

  // A logarithmic axis with its grid. The text of ticks is given as marks: of a scale, d3 leaves out some of them.
  function axisX(domain, width, label) {
    const at = ticks(domain, width);
    return [
      Plot.gridX(at, { stroke: "var(--line)", strokeOpacity: 1 }),
      Plot.axisX(at, {
        text: tick,
        label: `${label} →`,
        labelAnchor: "right",
        labelArrow: "none",
        labelOffset: 36,
        tickSize: 4,
      }),
    ];
  }

  function axisY(domain, height, label) {
    const at = ticks(domain, height);
    return [
      Plot.gridY(at, { stroke: "var(--line)", strokeOpacity: 1 }),
      Plot.axisY(at, { text: tick, label: `↑ ${label}`, labelArrow: "none", tickSize: 4 }),
    ];
  }

  function domainOf(values, room = 1.3) {
    const known = values.filter((value) => value > 0 && Number.isFinite(value));
    const [low, high] = [Math.min(...known), Math.max(...known)];
    return low === high ? [low / 2, high * 2] : [low / room, high * room];
  }

  // Rows of labels beside a logarithmic axis: beside the rows where there is room, above them on a phone.
  function rowsOf(labels, width) {
    const narrow = width < NARROW;
    const longest = Math.max(...labels.map((label) => label.length), 4);
    const most = narrow ? Math.floor(width / 7.5) : 34;
    return {
      narrow,
      shown: labels.map((label) => words.shortened(label, most)),
      marginLeft: narrow ? 8 : Math.min(16 + 7.4 * Math.min(longest, most), 270),
      height: labels.length * (narrow ? 44 : 28) + 56,
      marginTop: narrow ? 18 : 6,
    };
  }

  // The labels of rows, as an axis or as text above each row.
  function rowLabels(layout, emphasised = () => false) {
    const rows = layout.shown.map((text, place) => ({ text, place, strong: emphasised(place) }));
    const place = layout.narrow ? { textAnchor: "start", dy: -14 } : { textAnchor: "end", dx: -8 };
    return [true, false].map((strong) =>
      Plot.text(
        rows.filter((row) => row.strong === strong),
        {
          ...place,
          y: "place",
          text: "text",
          frameAnchor: "left",
          fill: "currentColor",
          fontWeight: strong ? "bold" : "normal",
        },
      ),
    );
  }

  wattquery.charts = { axisX, axisY, domainOf, figure, rowLabels, rowsOf, tick, ticks };
})((globalThis.wattquery ??= {}));
