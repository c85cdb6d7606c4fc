// Elements made of text: nothing here parses HTML, so whatever a label holds stays a label.
"use strict";
(function (wattquery) {
  const { lines, visible } = wattquery.words;

  // A number and its unit stay on one line.
  const set = (text) => visible(text).replace(/(\d) (%|Wh\b|times\b|tokens\b)/g, "$1\u00a0$2");

  // Attributes are set as they are, a name without value by true; children are nodes, or text that is made visible.
  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      made.setAttribute(key, value === true ? "" : String(value));
    }
    for (const child of children.flat()) {
      if (child === null || child === undefined) continue;
      made.append(child instanceof Node ? child : set(child));
    }
    return made;
  }

  const $ = (id) => document.getElementById(id);

  // What is the same already stays: a button that is pressed while something is drawn anew must not go from under
  // the pointer. So what a button does must follow from what is seen of it.
  function fill(parent, ...children) {
    const next = children
      .flat()
      .filter((child) => child !== null && child !== undefined)
      .map((child) => (child instanceof Node ? child : document.createTextNode(set(child))));
    const now = parent.childNodes;
    if (next.length === now.length && next.every((child, place) => child.isEqualNode(now[place]))) return parent;
    parent.replaceChildren(...next);
    return parent;
  }

  // A label from a file: set apart, so that a name written from right to left turns nothing around it.
  const label = (text) => element("bdi", { class: text.length <= 18 ? "whole" : null }, visible(text));

  // A link where the address is one of the web, and the text alone where it is not.
  function link(address, text) {
    let url = null;
    try {
      url = new URL(address);
    } catch {
      return element("span", {}, text);
    }
    if (!["http:", "https:"].includes(url.protocol)) return element("span", {}, text);
    return element("a", { href: url.href, rel: "noreferrer" }, text);
  }

  // Rows of text and numbers under one heading each; numbers stand at the right.
  function table(caption, heads, rows) {
    const cell = (value, column) =>
      column === 0
        ? element("th", { scope: "row" }, value instanceof Node ? value : label(value))
        : element(
            "td",
            { class: typeof value === "number" ? "number" : null },
            typeof value === "number" ? wattquery.words.number(value, 4) : value,
          );
    return element(
      "table",
      {},
      element("caption", {}, caption),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          heads.map((head) => element("th", { scope: "col" }, head)),
        ),
      ),
      element(
        "tbody",
        {},
        rows.map((row) => element("tr", {}, row.map(cell))),
      ),
    );
  }

  // A table that is wider than a phone scrolls in a box of its own, which the keyboard reaches.
  function scrolling(name, content) {
    return element("div", { class: "scrolling", tabindex: "0", role: "region", "aria-label": name }, content);
  }

  function button(text, action, attributes = {}) {
    const made = element("button", { type: "button", ...attributes }, text);
    made.addEventListener("click", action);
    return made;
  }

  const code = (text) => {
    const made = element("code");
    made.textContent = lines(text);
    const box = element("pre", { tabindex: "0" });
    box.append(made);
    return box;
  };

  // A field for a number: what is none that is allowed is marked, and changes nothing.
  function numberField(app, attributes, { allowed, set }) {
    const field = element("input", { type: "number", step: "any", inputmode: "decimal", ...attributes });
    field.addEventListener("input", () => {
      const value = allowed(field.value);
      field.setAttribute("aria-invalid", String(value === null));
      if (value !== null) set(value);
    });
    field.addEventListener("change", () => {
      field.removeAttribute("aria-invalid");
      app.keep();
      app.refresh();
    });
    return field;
  }

  // Writes a number into a field, unless the reader is typing it there, or something that is no number yet.
  function write(field, value, text = String(value)) {
    const typing = document.activeElement === field;
    if (typing && (Number(field.value) === value || field.getAttribute("aria-invalid") === "true")) return;
    if (field.value !== text) field.value = text;
  }

  wattquery.dom = { $, button, code, element, fill, label, link, numberField, scrolling, table, write };
})((globalThis.wattquery ??= {}));
