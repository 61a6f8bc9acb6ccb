// The interactive figures of `ystep report`; written into the page. They draw
// what the element "data" holds: for every y-step its solvers, and for each of
// them the curves against time and iterations as points [gap, x] or, over
// repeats, [gap, median, low, high], by descending gap; high is null where it
// is infinite. Text from the data goes into the page as text alone.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);

  // By a solver's dash, which comes with the data like its colour: those of figures.
  const dashes = ["", "7 3", "2 3", "8 3 2 3", "8 3 2 3 2 3"];
  const axes = {
    time: { name: "solver time (s)", unit: " s" },
    iteration: { name: "iterations", unit: " iterations" },
  };
  const margin = { left: 56, right: 12, top: 32, bottom: 42 };

  // A solver has the same colour and dashes all over the page, and in every figure.
  const styles = new Map();
  for (const group of data.groups)
    for (const { name, colour, dash } of group.solvers)
      styles.set(name, { stroke: colour, "stroke-dasharray": dashes[dash - 1] });
  const styleOf = (solver) => styles.get(solver);

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

  const number = (value) => value === null ? "∞" :
    value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)
      ? value.toExponential(2).replace(/\.?0+e/, "e") : String(Number(value.toPrecision(4)));

  // Ticks of a logarithmic axis from 10^low to 10^high: powers of ten, every
  // n-th where they crowd; below two of them 1, 2, 5; below that even steps.
  function ticks(low, high, most) {
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
    const from = 10 ** low, to = 10 ** high;
    let step = 10 ** Math.floor(Math.log10((to - from) / 3));
    if ((to - from) / step > 8) step *= 5;
    const even = [];
    for (let k = Math.ceil(from / step); k * step <= to && even.length < 12; k++)
      even.push({ at: Math.log10(k * step),
        text: String(Number((k * step).toPrecision(6))) });
    return even;
  }

  // ------------------------------------------------------------- a figure --

  class Figure {
    constructor(place, group, axis, hidden) {
      this.place = place;
      this.axis = axis;
      this.hidden = hidden;
      this.curves = group.solvers
        .map((solver) => ({ solver: solver.name, points: solver[axis] }))
        .filter((curve) => curve.points.length);
      if (!this.curves.length) {
        html("p", "empty", place, "No solver came closer than its start.");
        return;
      }
      this.whole = this.range();
      this.view = this.whole;
      this.focus = null; // where "+" and "-" zoom: log10 x, log10 gap
      this.canvas = svg("svg", { role: "img",
        "aria-label": "certified gap against " + axes[axis].name }, place);
      this.tip = html("div", "tip", place);
      this.tip.hidden = true;
      this.addButtons();
      this.listen();
      new ResizeObserver(() => this.draw()).observe(place);
      this.draw();
    }

    range() {
      const all = { x0: Infinity, x1: -Infinity, y0: Infinity, y1: -Infinity };
      for (const { points } of this.curves)
        for (const [gap, x] of points) {
          all.x0 = Math.min(all.x0, Math.log10(x));
          all.x1 = Math.max(all.x1, Math.log10(x));
          all.y0 = Math.min(all.y0, Math.log10(gap));
          all.y1 = Math.max(all.y1, Math.log10(gap));
        }
      const padX = 0.03 * (all.x1 - all.x0) + 0.05;
      const padY = 0.03 * (all.y1 - all.y0) + 0.05;
      return { x0: all.x0 - padX, x1: all.x1 + padX,
        y0: all.y0 - padY, y1: all.y1 + padY };
    }

    // Pixels of a point on log10 axes, and back.
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
      const width = Math.max(260, this.place.clientWidth);
      const height = Math.round(Math.min(420, 0.75 * width));
      this.inner = { width: width - margin.left - margin.right,
        height: height - margin.top - margin.bottom };
      this.canvas.setAttribute("viewBox", `0 0 ${width} ${height}`);
      this.canvas.replaceChildren();
      this.drawAxes(width, height);
      const number = this.place.closest("section").dataset.group;
      const clip = `clip-${number}-${this.axis}`;
      const path = svg("clipPath", { id: clip }, this.canvas);
      svg("rect", { x: margin.left, y: margin.top, width: this.inner.width,
        height: this.inner.height }, path);
      const inside = svg("g", { "clip-path": `url(#${clip})` },
        this.canvas);
      const shown = this.curves.filter((c) => !this.hidden.has(c.solver));
      for (const curve of shown) this.drawBand(curve, inside);
      for (const curve of shown) this.drawCurve(curve, inside);
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
      for (const tick of ticks(v.x0, v.x1, width / 60)) {
        const x = this.px(tick.at);
        svg("line", { class: "grid", x1: x, x2: x, y1: margin.top, y2: bottom },
          this.canvas);
        label(tick, x, bottom + 17, "middle");
      }
      for (const tick of ticks(v.y0, v.y1, height / 30)) {
        const y = this.py(tick.at);
        svg("line", { class: "grid", x1: margin.left, x2: width - margin.right,
          y1: y, y2: y }, this.canvas);
        label(tick, margin.left - 5, y + 4, "end");
      }
      svg("path", { class: "axis", d: `M${margin.left} ${margin.top}V${bottom}` +
        `H${width - margin.right}` }, this.canvas);
      svg("text", { x: margin.left + this.inner.width / 2, y: height - 6,
        "text-anchor": "middle" }, this.canvas, axes[this.axis].name);
      svg("text", { x: 12, y: margin.top + this.inner.height / 2,
        "text-anchor": "middle", transform:
        `rotate(-90 12 ${margin.top + this.inner.height / 2})` }, this.canvas,
        "certified gap (nats)");
    }

    at(x, gap) {
      return this.px(Math.log10(x)).toFixed(1) + " " +
        this.py(Math.log10(gap)).toFixed(1);
    }

    drawCurve(curve, parent) {
      const style = styleOf(curve.solver);
      const corners = curve.points.map(([gap, x]) => this.at(x, gap));
      const group = svg("g", { class: "solver" }, parent);
      group.dataset.solver = curve.solver;
      svg("path", { class: "curve", d: "M" + corners.join("L"), ...style },
        group);
      const [gap, x] = curve.points[curve.points.length - 1];
      svg("circle", { cx: this.px(Math.log10(x)), cy: this.py(Math.log10(gap)),
        r: 3, fill: style.stroke }, group);
    }

    // Between the quantiles; an infinite one is drawn at the right edge.
    drawBand(curve, parent) {
      const points = curve.points.filter((p) => p.length === 4 && p[2] > 0);
      if (points.length < 2) return;
      const edge = 10 ** (this.whole.x1 + 1);
      const low = points.map((p) => this.at(p[2], p[0]));
      const high = points.map((p) => this.at(p[3] === null ? edge : p[3], p[0]));
      svg("path", { class: "band", fill: styleOf(curve.solver).stroke,
        d: "M" + low.concat(high.reverse()).join("L") + "Z" }, parent);
    }

    // ---------------------------------------------------------- zooming --

    addButtons() {
      const bar = html("div", "zoom", this.place);
      const add = (text, title, act) => {
        const button = html("button", "", bar, text);
        button.type = "button";
        button.title = title;
        button.setAttribute("aria-label", title);
        button.addEventListener("click", act);
      };
      add("+", "zoom in, where last pointed at", () => this.scale(0.5));
      add("−", "zoom out", () => this.scale(2));
      add("reset", "the whole figure", () => this.show(this.whole));
    }

    show(view) {
      if (!(view.x1 - view.x0 > 1e-6 && view.y1 - view.y0 > 1e-6)) return;
      this.view = view;
      this.tip.hidden = true;
      this.draw();
    }

    scale(factor) {
      const v = this.view;
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
        if (event.pointerType === "touch" || event.button !== 0) return;
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
      this.canvas.addEventListener("dblclick", () => this.show(this.whole));
      this.canvas.addEventListener("pointerleave", () => this.leave());
    }

    // --------------------------------------------------------- hovering --

    nearest(left, top) {
      let found = null, least = 30 * 30;
      for (const curve of this.curves) {
        if (this.hidden.has(curve.solver)) continue;
        for (const point of curve.points) {
          const dx = this.px(Math.log10(point[1])) - left;
          const dy = this.py(Math.log10(point[0])) - top;
          if (dx * dx + dy * dy < least) {
            least = dx * dx + dy * dy;
            found = { curve, point };
          }
        }
      }
      return found;
    }

    hover(event) {
      const [left, top] = this.position(event);
      const found = this.nearest(left, top);
      this.focus = this.inverse(left, top);
      for (const group of this.canvas.querySelectorAll("g.solver"))
        group.classList.toggle("faded",
          found !== null && group.dataset.solver !== found.curve.solver);
      if (!found) { this.leave(); return; }
      const [gap, x, low, high] = found.point;
      const unit = axes[this.axis].unit;
      const px = this.px(Math.log10(x)), py = this.py(Math.log10(gap));
      this.tip.textContent = `${found.curve.solver}\ngap ${number(gap)}\n` +
        number(x) + unit + (low === undefined ? "" :
          `\n10 % to 90 %: ${number(low)} to ${number(high)}${unit}`);
      this.tip.hidden = false;
      const over = px > this.place.clientWidth / 2;
      this.tip.style.left = over ? "" : px + 12 + "px";
      this.tip.style.right = over ? this.place.clientWidth - px + 12 + "px" : "";
      this.tip.style.top = Math.max(0, py - 20) + "px";
      const style = styleOf(found.curve.solver);
      this.marker.setAttribute("cx", px);
      this.marker.setAttribute("cy", py);
      this.marker.setAttribute("stroke", style.stroke);
      this.marker.setAttribute("visibility", "visible");
    }

    leave() {
      this.tip.hidden = true;
      this.marker.setAttribute("visibility", "hidden");
      for (const group of this.canvas.querySelectorAll(".faded"))
        group.classList.remove("faded");
    }
  }

  // ------------------------------------------------------------- a legend --

  function addLegend(place, group, hidden, redraw) {
    const buttons = group.solvers.map((solver) => {
      const button = html("button", "", place);
      button.type = "button";
      const sample = svg("svg", { width: 28, height: 8 }, button);
      svg("line", { x1: 0, x2: 28, y1: 4, y2: 4, "stroke-width": 2,
        ...styleOf(solver.name) }, sample);
      button.append(solver.name);
      button.dataset.solver = solver.name;
      button.addEventListener("click", (event) => {
        if (event.shiftKey)
          for (const other of group.solvers) hidden.add(other.name);
        if (!hidden.delete(solver.name)) hidden.add(solver.name);
        update();
      });
      return button;
    });
    function update() {
      for (const button of buttons)
        button.setAttribute("aria-pressed",
          String(!hidden.has(button.dataset.solver)));
      redraw();
    }
    update();
  }

  // Nothing stays folded away on paper.
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details"))
      details.open = true;
  });

  for (const section of document.querySelectorAll("section[data-group]")) {
    const group = data.groups[Number(section.dataset.group)];
    const hidden = new Set();
    const figures = [];
    addLegend(section.querySelector(".legend"), group, hidden, () =>
      figures.forEach((figure) => figure.canvas && figure.draw()));
    for (const place of section.querySelectorAll("figure"))
      figures.push(new Figure(place, group, place.dataset.axis, hidden));
  }
})();
