// The interactive part of `ystep report`; written into the page. It draws what
// the element "data" holds: gaps, descending; directories, and the seconds that
// count for what is not solved in each (penalties); groups, the y-steps,
// each with its solvers, and for each of them the curves against time and
// iterations as points [gap, x] or, over repeats, [gap, median, low, high], by
// descending gap (high is null where it is infinite), and in "to", for each
// gap, [seconds, iterations], null where not reached; trainings, with epochs as
// [epoch, accuracy, y-step seconds so far, gap]. Text from the data goes into
// the page as text alone.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;

  // By a solver's dash, which comes with the data like its colour: those of figures.
  const dashes = ["", "7 3", "2 3", "8 3 2 3", "8 3 2 3 2 3"];
  const costs = {
    time: { index: 0, name: "solver time (s)", unit: " s", log: true },
    iteration: { index: 1, name: "iterations", unit: " iterations", log: true },
  };
  const gapAxis = { name: "certified gap (nats)", log: true };
  const margin = { left: 56, right: 12, top: 36, bottom: 42 };
  const SHIFT = 1e-3; // of geometric means, as in bench/analysis/pivot.h

  // -------------------------------------------------------------- elements --

  function svg(name, attributes, parent, text) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    if (text !== undefined) made.textContent = text;
    if (parent) parent.append(made);
    return made;
  }

  function html(name, className, parent, text) {
    const made = document.createElement(name);
    made.className = className;
    if (text !== undefined) made.textContent = text;
    if (parent) parent.append(made);
    return made;
  }

  function button(text, title, parent, act) {
    const made = html("button", "", parent, text);
    made.type = "button";
    made.title = title;
    made.setAttribute("aria-label", title);
    made.addEventListener("click", act);
    return made;
  }

  const number = (value) => value === null ? "∞" :
    value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)
      ? value.toExponential(2).replace(/\.?0+e/, "e") : String(Number(value.toPrecision(4)));

  function save(name, type, text) {
    const link = html("a", "", null);
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // Fields of CSV; a spreadsheet takes none of them for a formula.
  const csv = (rows) => rows.map((row) => row.map((field) => {
    const text = field === null || field === undefined ? "" : String(field);
    const safe = typeof field === "string" && /^[=+@\t-]/.test(text) ? "'" + text : text;
    return /[",\n]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
  }).join(",") + "\n").join("");

  // --------------------------------------------------------------- colours --

  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  let onPaper = false; // while a figure is saved or printed
  const isDark = () => !onPaper &&
    (root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches);

  const parts = (colour) => [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
  const luminance = (colour) => {
    const [r, g, b] = parts(colour).map((c) => (c / 255) ** 2.2);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  // On a dark page a solver's colour is mixed with white until it shows.
  function shade(colour) {
    if (!isDark()) return colour;
    let mixed = colour;
    for (let share = 0; luminance(mixed) < 0.2 && share <= 1; share += 0.1)
      mixed = "#" + parts(colour).map((c) =>
        Math.round(c + share * (255 - c)).toString(16).padStart(2, "0")).join("");
    return mixed;
  }

  // A solver has the same colour and dashes all over the page, and in every figure.
  const styles = new Map();
  for (const group of data.groups)
    for (const { name, colour, dash } of group.solvers)
      styles.set(name, { colour, dash: dashes[dash - 1] });
  const stroke = (style) =>
    ({ stroke: shade(style.colour), "stroke-dasharray": style.dash });

  // --------------------------------------------------------------- filters --

  // What is hidden, by what it is; and what figures over all y-steps show.
  const hidden = { solver: new Set(), problem: new Set(), lambda: new Set(),
    directory: new Set() };
  const choice = { gap: Math.max(0, data.gaps.length - 1), cost: "time" };
  const redraws = []; // to be called when any of these changes

  const isShown = (group) => !hidden.problem.has(group.problem) &&
    !hidden.lambda.has(String(group.lambda)) &&
    !hidden.directory.has(data.directories[group.directory]);
  const shownGroups = () => data.groups.filter(isShown);
  const shownSolvers = (group) => group.solvers.filter((s) => !hidden.solver.has(s.name));

  function applyFilters() {
    for (const element of document.querySelectorAll("[data-group], tr[data-solver]")) {
      const { group, solver } = element.dataset;
      element.hidden = (group !== undefined && !isShown(data.groups[Number(group)])) ||
        (solver !== undefined && element.tagName === "TR" && hidden.solver.has(solver));
    }
    for (const sample of document.querySelectorAll(".legend button"))
      sample.setAttribute("aria-pressed", String(!hidden.solver.has(sample.dataset.solver)));
    for (const box of document.querySelectorAll(".filters input"))
      box.checked = !hidden[box.dataset.kind].has(box.value);
    for (const redraw of redraws) redraw();
  }

  const unique = (list) => [...new Set(list)];
  const kinds = [
    ["solver", "Solvers", unique([...styles.keys()])],
    ["problem", "Problems", unique(data.groups.map((g) => g.problem))],
    ["lambda", "lambda", unique(data.groups.map((g) => g.lambda))
      .sort((a, b) => a - b).map(String)],
    ["directory", "Directories",
      unique(data.groups.map((g) => data.directories[g.directory]))],
  ];

  function addFilter(place, [kind, title, values]) {
    if (values.length < 2) return;
    const set = html("fieldset", "", place);
    html("legend", "", set, title);
    const all = html("span", "all", set);
    button("all", `show all: ${title}`, all, () => {
      hidden[kind].clear();
      applyFilters();
    });
    button("none", `hide all: ${title}`, all, () => {
      for (const value of values) hidden[kind].add(value);
      applyFilters();
    });
    for (const value of values) {
      const label = html("label", "", set);
      const box = html("input", "", label);
      box.type = "checkbox";
      box.value = value;
      box.dataset.kind = kind;
      box.addEventListener("change", () => {
        if (box.checked) hidden[kind].delete(value);
        else hidden[kind].add(value);
        applyFilters();
      });
      label.append(value);
    }
  }

  function addChoice(place, title, values, name) {
    const label = html("label", "", place, title + " ");
    const select = html("select", "", label);
    for (const [value, text] of values) {
      const option = html("option", "", select, text);
      option.value = value;
    }
    select.value = String(choice[name]);
    select.addEventListener("change", () => {
      choice[name] = name === "gap" ? Number(select.value) : select.value;
      for (const redraw of redraws) redraw();
    });
  }

  function addControls() {
    const place = document.getElementById("controls");
    if (data.groups.length) {
      const filters = html("details", "filters", place);
      html("summary", "", filters, "Filters");
      const panel = html("div", "panel", filters);
      const choices = html("p", "choices", panel);
      addChoice(choices, "figures over all: gap",
        data.gaps.map((gap, i) => [String(i), number(gap)]), "gap");
      addChoice(choices, "by", [["time", "time"], ["iteration", "iterations"]], "cost");
      for (const kind of kinds) addFilter(panel, kind);
      document.addEventListener("click", (event) => {
        if (!filters.contains(event.target)) filters.open = false;
      });
    }
    button("open all", "open all sections", place, () => openAll(true));
    button("close all", "close all sections", place, () => openAll(false));
    button("◐", "light or dark", place, () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      applyFilters();
    });
    prefersDark.addEventListener("change", applyFilters);
  }

  // ------------------------------------------------------------------ axes --

  // Ticks of a logarithmic axis from 10^low to 10^high: powers of ten, every
  // n-th where they crowd; below two of them 1, 2, 5; below that even steps.
  function logTicks(low, high, most) {
    const found = [];
    const first = Math.ceil(low - 1e-9), last = Math.floor(high + 1e-9);
    if (last - first >= 1) {
      const step = Math.max(1, Math.ceil((last - first + 1) / most));
      for (let e = Math.ceil(first / step) * step; e <= last; e += step)
        found.push({ at: e, text: "10", power: String(e) });
      return found;
    }
    for (let e = Math.floor(low); e <= high; e++)
      for (const digit of [1, 2, 5]) {
        const at = e + Math.log10(digit);
        if (at >= low && at <= high)
          found.push({ at, text: number(digit * 10 ** e) });
      }
    if (found.length >= 2) return found;
    return evenTicks(10 ** low, 10 ** high, most)
      .map(({ at, text }) => ({ at: Math.log10(at), text }));
  }

  function evenTicks(from, to, most) {
    let step = 10 ** Math.floor(Math.log10((to - from) / 3));
    for (const factor of [2, 2.5, 2, 2, 2.5])
      if ((to - from) / step > most) step *= factor;
    const even = [];
    for (let k = Math.ceil(from / step); k * step <= to && even.length < 40; k++)
      even.push({ at: k * step, text: String(Number((k * step).toPrecision(6))) });
    return even;
  }

  const ticks = (axis, low, high, most) =>
    axis.log ? logTicks(low, high, most) : evenTicks(low, high, most);
  const onAxis = (axis, value) => axis.log ? Math.log10(value) : value;

  // ------------------------------------------------------------- a figure --

  // Rules that a figure takes with it when it is saved.
  const savedStyle = "text{font:12px system-ui,sans-serif;fill:#333}" +
    ".grid{stroke:#e4e4e4}.axis{stroke:#555;fill:none}" +
    ".curve{fill:none;stroke-width:1.8;stroke-linejoin:round}" +
    ".band{stroke:none;fill-opacity:.13}";

  // What all figures do: stand in a place with a bar of buttons, be drawn anew,
  // be saved. A figure has draw() and rows(), the data as rows of CSV; its
  // legend() names what the saved one needs to have named.
  class Figure {
    constructor(place, name, label) {
      this.place = place;
      this.name = name;
      this.canvas = svg("svg", { role: "img", "aria-label": label }, place);
      this.bar = html("div", "zoom", place);
    }

    begin() {
      this.addSaving();
      new ResizeObserver(() => this.draw()).observe(this.place);
      redraws.push(() => this.draw());
      this.draw();
    }

    legend() { return []; }

    addSaving() {
      button("SVG", "save the figure as SVG", this.bar, () => this.saveFigure());
      button("CSV", "save the figure's data as CSV", this.bar,
        () => save(this.name + ".csv", "text/csv", csv(this.rows())));
    }

    saveFigure() {
      onPaper = true;
      this.draw();
      const copy = this.canvas.cloneNode(true);
      this.addLegend(copy);
      onPaper = false;
      this.draw();
      copy.prepend(svg("style", {}, null, savedStyle));
      save(this.name + ".svg", "image/svg+xml", new XMLSerializer().serializeToString(copy));
    }

    addLegend(copy) {
      const [, , width, height] = copy.getAttribute("viewBox").split(" ").map(Number);
      const lines = this.legend();
      const columns = Math.max(1, Math.floor(width / 200));
      const whole = height + 16 * Math.ceil(lines.length / columns) + (lines.length ? 8 : 0);
      copy.setAttribute("viewBox", `0 0 ${width} ${whole}`);
      copy.setAttribute("width", width);
      copy.setAttribute("height", whole);
      copy.prepend(svg("rect", { width, height: whole, fill: "#fff" }));
      lines.forEach(({ text, style }, i) => {
        const x = 12 + (i % columns) * (width - 24) / columns;
        const y = height + 12 + 16 * Math.floor(i / columns);
        svg("line", { x1: x, x2: x + 26, y1: y - 4, y2: y - 4, "stroke-width": 2,
          ...stroke(style) }, copy);
        svg("text", { x: x + 32, y }, copy, text);
      });
    }

    // The size that there is room for; the canvas is emptied.
    resize(height) {
      const width = Math.max(260, this.place.clientWidth);
      this.canvas.setAttribute("viewBox", `0 0 ${width} ${height(width)}`);
      this.canvas.replaceChildren();
      return [width, height(width)];
    }
  }

  let clips = 0;

  // Curves of points {x, y, low, high} on two axes; find() gives those that are
  // to be seen now, each with solver, name, style and points.
  class Plot extends Figure {
    constructor(place, name, of) {
      super(place, name, `${of.y.name} against ${of.x.name}`);
      this.of = of;
      this.clip = `clip-${clips++}`;
      this.focus = null; // where "+" and "-" zoom, on the axes
      this.tip = html("div", "tip", place);
      this.tip.hidden = true;
      button("+", "zoom in, where last pointed at", this.bar, () => this.scale(0.5));
      button("−", "zoom out", this.bar, () => this.scale(2));
      button("reset", "the whole figure", this.bar, () => this.show(null));
      this.listen();
      this.begin();
    }

    rows() {
      const rows = [["curve", this.of.x.name, this.of.y.name, "10 %", "90 %"]];
      for (const curve of this.curves)
        for (const point of curve.points)
          rows.push([curve.name, point.x, point.y, point.low, point.high]);
      return rows;
    }

    legend() {
      return this.curves.map(({ name, style }) => ({ text: name, style }));
    }

    range() {
      const all = { x0: Infinity, x1: -Infinity, y0: Infinity, y1: -Infinity };
      for (const { points } of this.curves)
        for (const point of points) {
          const x = onAxis(this.of.x, point.x), y = onAxis(this.of.y, point.y);
          all.x0 = Math.min(all.x0, x);
          all.x1 = Math.max(all.x1, x);
          all.y0 = Math.min(all.y0, y);
          all.y1 = Math.max(all.y1, y);
        }
      if (!this.of.y.log) all.y0 = Math.min(all.y0, this.of.y.from ?? all.y0);
      const padX = 0.03 * (all.x1 - all.x0) + 0.05 * (this.of.x.log ? 1 : 0.1);
      const padY = 0.03 * (all.y1 - all.y0) + 0.05 * (this.of.y.log ? 1 : 0.1);
      return { x0: all.x0 - padX, x1: all.x1 + padX,
        y0: all.y0 - padY, y1: all.y1 + padY };
    }

    // Pixels of a point on the axes, and back.
    px(x) {
      const v = this.view;
      return margin.left + (x - v.x0) / (v.x1 - v.x0) * this.inner.width;
    }
    py(y) {
      const v = this.view;
      return margin.top + (v.y1 - y) / (v.y1 - v.y0) * this.inner.height;
    }
    inverse(left, top) {
      const v = this.view;
      return [v.x0 + (left - margin.left) / this.inner.width * (v.x1 - v.x0),
        v.y1 - (top - margin.top) / this.inner.height * (v.y1 - v.y0)];
    }

    draw() {
      this.curves = this.of.find().filter((curve) => curve.points.length);
      const [width, height] = this.resize((w) => Math.round(Math.min(420, 0.75 * w)));
      this.tip.hidden = true;
      if (!this.curves.length) {
        svg("text", { x: width / 2, y: height / 2, "text-anchor": "middle" },
          this.canvas, this.of.empty);
        this.view = null;
        return;
      }
      this.inner = { width: width - margin.left - margin.right,
        height: height - margin.top - margin.bottom };
      this.whole = this.range();
      this.view = this.zoomed || this.whole;
      this.drawAxes(width, height);
      const path = svg("clipPath", { id: this.clip }, this.canvas);
      svg("rect", { x: margin.left, y: margin.top, width: this.inner.width,
        height: this.inner.height }, path);
      const inside = svg("g", { "clip-path": `url(#${this.clip})` }, this.canvas);
      for (const curve of this.curves) this.drawBand(curve, inside);
      for (const curve of this.curves) this.drawCurve(curve, inside);
      this.marker = svg("circle", { r: 4, fill: "none", "stroke-width": 2,
        visibility: "hidden" }, inside);
    }

    drawAxes(width, height) {
      const v = this.view, bottom = height - margin.bottom;
      const label = (tick, x, y, anchor) => {
        const text = svg("text", { x, y, "text-anchor": anchor }, this.canvas,
          tick.text);
        if (tick.power)
          svg("tspan", { dy: -5, "font-size": 9 }, text, tick.power);
      };
      for (const tick of ticks(this.of.x, v.x0, v.x1, width / 60)) {
        const x = this.px(tick.at);
        svg("line", { class: "grid", x1: x, x2: x, y1: margin.top, y2: bottom },
          this.canvas);
        label(tick, x, bottom + 17, "middle");
      }
      for (const tick of ticks(this.of.y, v.y0, v.y1, height / 30)) {
        const y = this.py(tick.at);
        svg("line", { class: "grid", x1: margin.left, x2: width - margin.right,
          y1: y, y2: y }, this.canvas);
        label(tick, margin.left - 5, y + 4, "end");
      }
      svg("path", { class: "axis", d: `M${margin.left} ${margin.top}V${bottom}` +
        `H${width - margin.right}` }, this.canvas);
      svg("text", { x: margin.left + this.inner.width / 2, y: height - 6,
        "text-anchor": "middle" }, this.canvas, this.of.x.name);
      svg("text", { x: 12, y: margin.top + this.inner.height / 2,
        "text-anchor": "middle", transform:
        `rotate(-90 12 ${margin.top + this.inner.height / 2})` }, this.canvas,
        this.of.y.name);
    }

    at(x, y) {
      return this.px(onAxis(this.of.x, x)).toFixed(1) + " " +
        this.py(onAxis(this.of.y, y)).toFixed(1);
    }

    drawCurve(curve, parent) {
      const style = stroke(curve.style);
      const group = svg("g", { class: "solver" }, parent);
      group.dataset.solver = curve.solver;
      let d = "";
      curve.points.forEach((point, i) => {
        const before = curve.points[i - 1];
        if (this.of.steps && before) d += "L" + this.at(point.x, before.y);
        d += (i ? "L" : "M") + this.at(point.x, point.y);
      });
      svg("path", { class: "curve", d, ...style }, group);
      const last = curve.points[curve.points.length - 1];
      svg("circle", { cx: this.px(onAxis(this.of.x, last.x)),
        cy: this.py(onAxis(this.of.y, last.y)), r: 3, fill: style.stroke }, group);
    }

    // Between the quantiles, up to where one is infinite.
    drawBand(curve, parent) {
      const points = curve.points.filter((p) => p.low > 0 && p.high);
      if (points.length < 2) return;
      const low = points.map((p) => this.at(p.low, p.y));
      const high = points.map((p) => this.at(p.high, p.y));
      svg("path", { class: "band", fill: shade(curve.style.colour),
        d: "M" + low.concat(high.reverse()).join("L") + "Z" }, parent);
    }

    // ---------------------------------------------------------- zooming --

    show(view) {
      if (view && !(view.x1 - view.x0 > 1e-6 && view.y1 - view.y0 > 1e-6)) return;
      this.zoomed = view;
      this.draw();
    }

    scale(factor) {
      const v = this.view;
      if (!v) return;
      const [x, y] = this.focus || [(v.x0 + v.x1) / 2, (v.y0 + v.y1) / 2];
      const halfX = factor * (v.x1 - v.x0) / 2, halfY = factor * (v.y1 - v.y0) / 2;
      this.show({ x0: x - halfX, x1: x + halfX, y0: y - halfY, y1: y + halfY });
    }

    position(event) {
      const box = this.canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    }

    listen() {
      let from = null, box = null;
      this.canvas.addEventListener("pointerdown", (event) => {
        this.hover(event);
        if (event.pointerType === "touch" || event.button !== 0 || !this.view) return;
        from = this.position(event);
        this.canvas.setPointerCapture(event.pointerId);
        event.preventDefault();
      });
      this.canvas.addEventListener("pointermove", (event) => {
        if (!from) { this.hover(event); return; }
        const to = this.position(event);
        if (box) box.remove();
        box = svg("rect", { class: "box", x: Math.min(from[0], to[0]),
          y: Math.min(from[1], to[1]), width: Math.abs(to[0] - from[0]),
          height: Math.abs(to[1] - from[1]) }, this.canvas);
      });
      this.canvas.addEventListener("pointerup", (event) => {
        if (!from) return;
        const start = from, end = this.position(event);
        if (box) box.remove();
        from = box = null;
        if (Math.abs(end[0] - start[0]) < 8 || Math.abs(end[1] - start[1]) < 8)
          return;
        const a = this.inverse(...start), b = this.inverse(...end);
        this.focus = null;
        this.show({ x0: Math.min(a[0], b[0]), x1: Math.max(a[0], b[0]),
          y0: Math.min(a[1], b[1]), y1: Math.max(a[1], b[1]) });
      });
      this.canvas.addEventListener("pointercancel", () => {
        if (box) box.remove();
        from = box = null;
      });
      this.canvas.addEventListener("dblclick", () => this.show(null));
      this.canvas.addEventListener("pointerleave", () => this.leave());
    }

    // --------------------------------------------------------- hovering --

    nearest(left, top) {
      let found = null, least = 30 * 30;
      for (const curve of this.curves)
        for (const point of curve.points) {
          const dx = this.px(onAxis(this.of.x, point.x)) - left;
          const dy = this.py(onAxis(this.of.y, point.y)) - top;
          if (dx * dx + dy * dy < least) {
            least = dx * dx + dy * dy;
            found = { curve, point };
          }
        }
      return found;
    }

    hover(event) {
      if (!this.view) return;
      const [left, top] = this.position(event);
      const found = this.nearest(left, top);
      this.focus = this.inverse(left, top);
      for (const group of this.canvas.querySelectorAll("g.solver"))
        group.classList.toggle("faded",
          found !== null && group.dataset.solver !== found.curve.solver);
      if (!found) { this.leave(); return; }
      const { curve, point } = found;
      const px = this.px(onAxis(this.of.x, point.x));
      const py = this.py(onAxis(this.of.y, point.y));
      this.tip.textContent = curve.name + "\n" + this.of.describe(point);
      this.tip.hidden = false;
      const over = px > this.place.clientWidth / 2;
      this.tip.style.left = over ? "" : px + 12 + "px";
      this.tip.style.right = over ? this.place.clientWidth - px + 12 + "px" : "";
      this.tip.style.top = Math.max(0, py - 20) + "px";
      this.marker.setAttribute("cx", px);
      this.marker.setAttribute("cy", py);
      this.marker.setAttribute("stroke", shade(curve.style.colour));
      this.marker.setAttribute("visibility", "visible");
    }

    leave() {
      if (!this.view) return;
      this.tip.hidden = true;
      this.marker.setAttribute("visibility", "hidden");
      for (const group of this.canvas.querySelectorAll(".faded"))
        group.classList.remove("faded");
    }
  }

  // ----------------------------------------------------- of one y-step -----

  const curveOf = (solver, points) => ({ solver: solver.name, name: solver.name,
    style: styles.get(solver.name), points });

  function drawConvergence(place, group, cost) {
    const { unit } = costs[cost];
    new Plot(place, `convergence-${Number(place.closest("details").dataset.group) + 1}-${cost}`, {
      x: costs[cost], y: gapAxis, empty: "No solver came closer than its start.",
      find: () => shownSolvers(group).map((solver) => curveOf(solver,
        solver[cost].map(([y, x, low, high]) => ({ x, y, low, high })))),
      describe: ({ x, y, low, high }) => `gap ${number(y)}\n` + number(x) + unit +
        (low === undefined ? "" :
          `\n10 % to 90 %: ${number(low)} to ${number(high)}${unit}`),
    });
  }

  // A click hides a solver all over the page, with Shift all others.
  function addLegend(place, names) {
    for (const name of names) {
      const made = button("", `hide or show ${name}; with Shift, it alone`, place, (event) => {
        if (event.shiftKey)
          for (const other of styles.keys()) hidden.solver.add(other);
        if (!hidden.solver.delete(name)) hidden.solver.add(name);
        applyFilters();
      });
      made.dataset.solver = name;
      const sample = svg("svg", { width: 28, height: 8 }, made);
      const line = svg("line", { x1: 0, x2: 28, y1: 4, y2: 4, "stroke-width": 2 }, sample);
      const colour = () => {
        for (const [key, value] of Object.entries(stroke(styles.get(name))))
          line.setAttribute(key, value);
      };
      redraws.push(colour);
      colour();
      made.append(name);
      made.setAttribute("aria-pressed", String(!hidden.solver.has(name)));
    }
  }

  // A y-step is drawn when it is first opened.
  function drawYstep(details) {
    if (details.dataset.drawn) return;
    details.dataset.drawn = "yes";
    const group = data.groups[Number(details.dataset.group)];
    addLegend(details.querySelector(".legend"), group.solvers.map((s) => s.name));
    for (const place of details.querySelectorAll("figure"))
      drawConvergence(place, group, place.dataset.axis);
  }

  // ----------------------------------------------------- of all y-steps ----

  const costTo = (solver) => solver.to[choice.gap][costs[choice.cost].index];
  const gapText = () => number(data.gaps[choice.gap]);

  // Performance profiles (Dolan and More 2002): for each solver the share of
  // the y-steps on which its cost is within a factor of the least.
  function profiles() {
    const ratios = new Map(), groups = shownGroups();
    for (const group of groups) { // those that nobody solved count, too
      const reached = shownSolvers(group).filter((s) => costTo(s) !== null && costTo(s) > 0);
      const least = Math.min(...reached.map(costTo));
      for (const solver of shownSolvers(group))
        if (!ratios.has(solver.name)) ratios.set(solver.name, []);
      for (const solver of reached) ratios.get(solver.name).push(costTo(solver) / least);
    }
    const most = 2 * Math.max(...[...ratios.values()].flat(), 1);
    return [...ratios].map(([name, list]) => {
      const points = list.sort((a, b) => a - b)
        .map((x, i) => ({ x, y: (i + 1) / groups.length }));
      if (points.length) points.push({ x: most, y: points.length / groups.length });
      return { solver: name, name, style: styles.get(name), points };
    });
  }

  // Shifted geometric means, as in the table of solvers: what is not solved
  // counts with the longest time limit, or the most iterations that any took.
  function means(groups, gap, cost) {
    const byTime = cost === "time", shift = byTime ? SHIFT : 1;
    const costOf = (solver) => solver.to[gap][costs[cost].index];
    const most = Math.max(0, ...groups.flatMap(shownSolvers).map((s) => costOf(s) ?? 0));
    const penalty = (group) => byTime ? data.penalties[group.directory] ?? most : most;
    const names = unique(groups.flatMap(shownSolvers).map((s) => s.name));
    return names.map((name) => {
      let sum = 0, solved = 0;
      for (const group of groups) {
        const own = group.solvers.find((s) => s.name === name);
        const cost = own ? costOf(own) : null;
        solved += cost !== null;
        sum += Math.log((cost ?? penalty(group)) + shift);
      }
      return { name, solved, count: groups.length,
        mean: Math.max(0, Math.exp(sum / groups.length) - shift) };
    }).sort((a, b) => b.solved - a.solved || a.mean - b.mean);
  }
  const shownMeans = () => means(shownGroups(), choice.gap, choice.cost);

  // The tables of solvers, a directory each, over what the filters show; as they
  // came if that is everything. Three cells a gap: solved, mean, times the best.
  const brief = (value) => value > 0 && value < 1e-4
    ? value.toExponential(2).replace(/\.?0+e/, "e") : String(Number(value.toPrecision(3)));

  function addRanking(place) {
    const directory = data.groups[Number(place.dataset.first)].directory;
    const rows = [...place.querySelectorAll("tbody tr")].map((row) => ({
      name: row.dataset.solver,
      cells: [...row.cells].slice(1).map((cell) =>
        ({ cell, text: cell.textContent, best: cell.classList.contains("best") })),
    }));
    const whole = data.groups.filter((g) => g.directory === directory);
    const put = (at, text, best) => {
      at.cell.textContent = text;
      at.cell.classList.toggle("best", best);
    };
    redraws.push(() => {
      const groups = whole.filter(isShown);
      const asItCame = groups.length === whole.length && !hidden.solver.size;
      data.gaps.forEach((_, gap) => {
        const list = means(groups, gap, "time");
        const least = Math.min(...list.map((m) => m.mean));
        for (const { name, cells } of rows) {
          const own = cells.slice(3 * gap, 3 * gap + 3);
          const mean = list.find((m) => m.name === name);
          if (asItCame) for (const at of own) put(at, at.text, at.best);
          else if (!mean) for (const at of own) put(at, "-", false);
          else [`${mean.solved} of ${mean.count}`, brief(mean.mean),
            least > 0 ? brief(mean.mean / least) : "-"].forEach((text, i) =>
            put(own[i], text, i === 2 && mean === list[0]));
        }
      });
    });
  }

  class Bars extends Figure {
    constructor(place) {
      super(place, "bars", "mean cost of each solver");
      this.begin();
    }
    rows() {
      return [["solver", "solved", "ysteps", `mean ${costs[choice.cost].name} to ${gapText()}`],
        ...shownMeans().map((m) => [m.name, m.solved, m.count, m.mean])];
    }
    draw() {
      const row = 20;
      const list = shownMeans().map((m) => ({ ...m, mean: Math.max(m.mean, 1e-9) }));
      const [width, height] = this.resize(() => margin.top + 30 + row * list.length);
      const left = Math.min(0.45 * width, 12 + 6.6 * Math.max(...list.map((m) => m.name.length), 4));
      const right = width - 90;
      svg("text", { x: 8, y: 20 }, this.canvas,
        `mean ${costs[choice.cost].name} to ${gapText()}`);
      const low = Math.floor(Math.log10(Math.min(...list.map((m) => m.mean), 1)));
      const high = Math.max(low + 1, Math.log10(Math.max(...list.map((m) => m.mean), 1e-9)));
      list.forEach((m, i) => {
        const y = margin.top + row * i;
        const end = left + (Math.log10(m.mean) - low) / (high - low) * (right - left);
        const group = svg("g", { class: "solver" }, this.canvas);
        group.dataset.solver = m.name;
        svg("text", { x: left - 6, y: y + 13, "text-anchor": "end" }, group,
          m.name.length * 6.6 > left ? m.name.slice(0, Math.floor(left / 6.6) - 1) + "…" : m.name);
        svg("rect", { x: left, y: y + 2, width: Math.max(1, end - left), height: row - 6,
          fill: shade(styles.get(m.name).colour) }, group);
        svg("text", { x: Math.max(left + 1, end) + 5, y: y + 13 }, group,
          `${number(m.mean)}, ${m.solved}/${m.count}`);
      });
      for (const tick of logTicks(low, high, 6)) {
        const x = left + (tick.at - low) / (high - low) * (right - left);
        svg("line", { class: "axis", x1: x, x2: x, y1: height - 26, y2: height - 21 }, this.canvas);
        const text = svg("text", { x, y: height - 8, "text-anchor": "middle" }, this.canvas, tick.text);
        if (tick.power) svg("tspan", { dy: -5, "font-size": 9 }, text, tick.power);
      }
    }
  }

  // Who is first on each y-step, over problems and lambda.
  class Winners extends Figure {
    constructor(place) {
      super(place, "winner", "the first solver on each y-step");
      this.begin();
    }
    cells() {
      return shownGroups().map((group) => {
        const reached = shownSolvers(group).filter((s) => costTo(s) !== null)
          .sort((a, b) => costTo(a) - costTo(b));
        return { row: group.short.replace(/, lambda [^,]*/, "") +
            (data.directories.length > 1 ? ", " + data.directories[group.directory] : ""),
          column: group.lambda, winner: reached[0], second: reached[1] };
      });
    }
    rows() {
      return [["y-step", "lambda", "first", `${costs[choice.cost].name} to ${gapText()}`, "second"],
        ...this.cells().map((c) => [c.row, c.column, c.winner ? c.winner.name : "",
          c.winner ? costTo(c.winner) : null, c.second ? c.second.name : ""])];
    }
    draw() {
      const cells = this.cells(), height = 34;
      const rows = unique(cells.map((c) => c.row));
      const columns = unique(cells.map((c) => c.column)).sort((a, b) => a - b);
      const [width] = this.resize(() => margin.top + 34 + height * rows.length);
      const left = Math.min(0.4 * width, 12 + 7 * Math.max(...rows.map((r) => r.length), 4));
      const step = (width - left - 8) / Math.max(1, columns.length);
      const fit = (text, room) => text.length * 7.2 > room
        ? text.slice(0, Math.max(1, Math.floor(room / 7.2) - 1)) + "…" : text;
      svg("text", { x: 8, y: 20 }, this.canvas, `first to ${gapText()}, by ${costs[choice.cost].name}`);
      rows.forEach((row, y) => svg("text", { x: left - 6, "text-anchor": "end",
        y: margin.top + height * (y + 0.5) + 4 }, this.canvas, fit(row, left - 6)));
      columns.forEach((column, x) => svg("text", { x: left + step * (x + 0.5),
        y: margin.top + height * rows.length + 18, "text-anchor": "middle" },
        this.canvas, `λ = ${number(column)}`));
      for (const cell of cells) {
        const x = left + step * columns.indexOf(cell.column);
        const y = margin.top + height * rows.indexOf(cell.row);
        const colour = cell.winner ? shade(styles.get(cell.winner.name).colour) : "none";
        const group = svg("g", { class: "solver" }, this.canvas);
        group.dataset.solver = cell.winner ? cell.winner.name : "";
        svg("rect", { class: "axis", x: x + 1, y: y + 1, width: step - 2,
          height: height - 2, style: `fill:${colour}` }, group);
        if (!cell.winner) {
          svg("text", { x: x + step / 2, y: y + 20, "text-anchor": "middle" }, group, "nobody");
          continue;
        }
        const ink = luminance(colour) > 0.22 ? "#000" : "#fff";
        const text = svg("text", { x: x + step / 2, y: y + 14, "text-anchor": "middle",
          style: `fill:${ink}` }, group);
        svg("tspan", { x: x + step / 2 }, text, fit(cell.winner.name, step));
        svg("tspan", { x: x + step / 2, dy: 14 }, text, fit(number(costTo(cell.winner)) +
          (choice.cost === "time" ? " s" : ""), step));
      }
    }
  }

  function drawOverAll(place) {
    const names = unique(data.groups.flatMap((g) => g.solvers.map((s) => s.name)));
    const legend = html("div", "legend", null);
    place.before(legend);
    addLegend(legend, names);
    new Plot(html("figure", "", place), "profile", {
      x: { get name() { return choice.cost === "time" ? "time / least time" :
        "iterations / fewest iterations"; }, log: true },
      y: { get name() { return `share of y-steps solved to ${gapText()}`; }, from: 0 },
      steps: true, empty: `No solver came within ${gapText()}.`, find: profiles,
      describe: ({ x, y }) => `${number(100 * y)} % within ${number(x)} times the best`,
    });
    new Bars(html("figure", "", place));
    new Winners(html("figure", "wide", place));
  }

  // ------------------------------------------------------------- trainings --

  function drawTrainings() {
    const heading = document.getElementById("trainings");
    if (!heading) return;
    const place = html("div", "figures", null);
    heading.after(place);
    const draw = (name, title, index, log) => new Plot(html("figure", "", place), name, {
      x: { name: "epoch" }, y: { name: title, log }, empty: `No ${title} is known.`,
      find: () => data.trainings.map((t) => ({
        solver: String(t.id), style: { colour: t.colour, dash: dashes[t.dash - 1] },
        name: `${t.id}: ${t.data}, ${t.ystep}, ${t.loss}, lambda ${number(t.lambda)}, seed ${t.seed}`,
        points: t.epochs.filter((e) => e[index] !== null && (!log || e[index] > 0))
          .map((e) => ({ x: e[0], y: e[index] })) })),
      describe: ({ x, y }) => `epoch ${x}\n${title} ${number(y)}`,
    });
    draw("accuracy", "accuracy", 1, false);
    draw("ystep-seconds", "y-step seconds", 2, true);
  }

  // --------------------------------------------------------------- sorting --

  // By number where cells begin with one; what has none ("not reached") last.
  function sortBy(table, column, descending) {
    const key = (row) => {
      const text = row.cells[column] ? row.cells[column].textContent.trim() : "";
      return { text, value: /^[-+.\d]/.test(text) && text !== "-" ? parseFloat(text) : NaN };
    };
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => ({ row, ...key(row) }));
    const numeric = rows.some(({ value }) => !Number.isNaN(value));
    rows.sort((a, b) => {
      if (!numeric) return (descending ? -1 : 1) * a.text.localeCompare(b.text);
      if (Number.isNaN(a.value) || Number.isNaN(b.value))
        return Number.isNaN(a.value) - Number.isNaN(b.value);
      return (descending ? -1 : 1) * (a.value - b.value);
    });
    body.append(...rows.map(({ row }) => row));
  }

  function makeSortable(table) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      head.tabIndex = 0;
      head.title = "sort";
      const act = () => {
        const descending = head.ariaSort === "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        sortBy(table, column, descending);
      };
      head.addEventListener("click", act);
      head.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        act();
      });
    });
  }

  // ---------------------------------------------------------------- opening --

  function openAll(open) {
    for (const details of document.querySelectorAll("body > details")) details.open = open;
  }

  // Whatever a link leads to is open.
  function openTarget() {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") {
      target.open = true;
      target.scrollIntoView();
    }
  }

  addControls();
  for (const details of document.querySelectorAll("details.ystep"))
    details.addEventListener("toggle", () => details.open && drawYstep(details));
  if (data.groups.length) drawOverAll(document.getElementById("over-all"));
  drawTrainings();
  for (const place of document.querySelectorAll(".ranking")) addRanking(place);
  for (const table of document.querySelectorAll("table.sortable")) makeSortable(table);
  if (data.groups.length <= 2) // there is nothing to look for
    for (const details of document.querySelectorAll("details.ystep")) details.open = true;
  applyFilters();
  addEventListener("hashchange", openTarget);
  openTarget();

  // Nothing stays folded away on paper, and paper is white.
  addEventListener("beforeprint", () => {
    onPaper = true;
    for (const details of document.querySelectorAll("body > details")) details.open = true;
    for (const details of document.querySelectorAll("details.ystep")) drawYstep(details);
    for (const redraw of redraws) redraw();
  });
  addEventListener("afterprint", () => {
    onPaper = false;
    for (const redraw of redraws) redraw();
  });
})();
