"use strict";
// Charts by Plotly from the data beside their pictures, and the film of the texture. Without scripts, or without Plotly, the pictures stay.
const data = (element) => JSON.parse(element.querySelector("script").textContent);
const isDark = matchMedia("(prefers-color-scheme: dark)");
const darkOf = JSON.parse(document.getElementById("dark").textContent);
const shade = (colour) => (isDark.matches && darkOf[colour]) || colour;
const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
const film = { time: null, listeners: [], seek: null };

// ---- charts ----
async function loadPlotly() {
  const packed = document.getElementById("plotly");
  if (!packed || typeof DecompressionStream === "undefined") return false;
  const bytes = Uint8Array.from(atob(packed.textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const address = URL.createObjectURL(new Blob([await new Response(stream).arrayBuffer()], { type: "text/javascript" }));
  await new Promise((done, failed) => {
    const script = document.createElement("script");
    script.onload = done;
    script.onerror = failed;
    script.src = address;
    document.head.append(script);
  });
  URL.revokeObjectURL(address);
  return true;
}

function axisOf(panel, which) {
  const from = panel[which];
  const axis = { title: { text: from.title, standoff: 8 }, type: from.log ? "log" : "linear", range: from.log ? from.range.map(Math.log10) : from.range, showgrid: which === "y",
    gridcolor: ink("grid"), zeroline: false, linecolor: ink("faint"), tickcolor: ink("faint"), showline: true, ticks: "outside", ticklen: 3, automargin: true, hoverformat: ".4~g", exponentformat: "power" };
  if (from.ticks) Object.assign(axis, { tickvals: from.ticks.map((t) => t[0]), ticktext: from.ticks.map((t) => t[1]) });
  return axis;
}

function shapesOf(panel) {
  const across = (axis, from, to) => axis === "x" ? { x0: from, x1: to, y0: 0, y1: 1, xref: "x", yref: "paper" } : { y0: from, y1: to, x0: 0, x1: 1, yref: "y", xref: "paper" };
  return [
    ...panel.spans.map((s) => ({ type: "rect", layer: "below", line: { width: 0 }, fillcolor: shade(s.color), opacity: s.opacity, ...across(s.axis, s.from, s.to) })),
    ...panel.levels.filter((s) => !s.name).map((s) => ({ type: "line", layer: "below", line: { color: shade(s.color), width: s.width, dash: s.dash }, ...across(s.axis, s.at, s.at) })),
  ];
}

function tracesOf(panel, width) {
  const named = (name) => (width < 500 && name.length > 34 ? name.replaceAll(", ", ",<br>") : name); // legends of long names would be cut
  const ends = panel.x.range;
  const levels = panel.levels.filter((s) => s.name).map((s) => ({ x: ends, y: [s.at, s.at], name: s.name, mode: "lines", line: { color: shade(s.color), width: s.width, dash: s.dash } }));
  const bands = panel.bands.map((b) => ({ x: b.x, y: b.y, fill: "toself", fillcolor: shade(b.color), opacity: b.opacity, mode: "none", hoverinfo: "skip", showlegend: false }));
  return [...bands, ...panel.traces.map((t) => ({ x: t.x, y: t.y, name: named(t.name) || " ", showlegend: Boolean(t.name), mode: t.mode, line: { color: shade(t.color), width: t.width, dash: t.dash },
    marker: { color: shade(t.color), size: t.size }, ...(t.error ? { error_y: { array: t.error, color: shade(t.color), thickness: 1.2, width: 3 } } : {}) })), ...levels];
}

function layoutOf(panel, width) {
  const rising = panel.traces.every((t) => t.x.every((x, k) => k === 0 || x === null || t.x[k - 1] === null || x >= t.x[k - 1]));
  const notes = panel.notes.filter(() => width > 600).map((n) => ({ x: n.x, y: 1, yref: "paper", yanchor: "bottom", text: n.text.trim(), showarrow: false, font: { family: "monospace", size: 12 } }));
  const rows = Math.max(1, ...(panel.x.ticks || []).map((t) => t[1].split("<br>").length)); // of text below the axis
  const named = panel.traces.filter((t) => t.name).length + panel.levels.filter((s) => s.name).length;
  return { height: 330 + 14 * (rows - 1) + 19 * Math.ceil(named * 150 / width), width, margin: { l: 58, r: 14, t: 34 + (notes.length ? 18 : 0), b: 44 + 14 * (rows - 1) }, modebar: { bgcolor: "rgba(0,0,0,0)", color: ink("faint"), activecolor: ink("key") }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: "DejaVu Sans, Verdana, sans-serif", size: 12, color: ink("ink") },
    xaxis: axisOf(panel, "x"), yaxis: axisOf(panel, "y"), shapes: shapesOf(panel), annotations: notes, hovermode: rising ? "x unified" : "closest",
    hoverlabel: { bgcolor: ink("wash"), bordercolor: ink("line"), font: { color: ink("ink"), size: 12 } }, showlegend: named > 1,
    legend: { orientation: "h", x: 0, y: -0.2 - 0.055 * (rows - 1), yanchor: "top", font: { size: 12 } }, dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom" };
}

function drawChart(box) {
  box.panels = box.panels || data(box);
  const whole = box.clientWidth, sum = box.panels.reduce((total, panel) => total + panel.share, 0);
  const columns = Math.max(1, Math.min(box.panels.length, Math.floor(whole / 320)));
  for (const [k, panel] of box.panels.entries()) {
    const width = Math.floor(columns === box.panels.length ? whole * panel.share / sum : whole / columns) - 1;
    const holder = box.holders[k];
    Plotly.react(holder, tracesOf(panel, width), layoutOf(panel, width), { displaylogo: false, responsive: false, modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"] });
  }
}

function markTime(holder, panel) {
  const line = document.createElement("div");
  line.className = "now";
  holder.append(line);
  film.listeners.push(() => {
    const full = holder._fullLayout;
    const at = (film.time - panel.time[0]) / panel.time[1];
    const inside = full && film.time !== null && at >= full.xaxis.range[0] && at <= full.xaxis.range[1];
    line.hidden = !inside;
    if (inside) Object.assign(line.style, { left: `${full.xaxis._offset + full.xaxis.l2p(at)}px`, top: `${full.yaxis._offset}px`, height: `${full.yaxis._length}px` });
  });
  holder.on("plotly_click", (event) => film.seek && film.seek(panel.time[0] + panel.time[1] * event.points[0].x));
}

async function charts() {
  const boxes = [...document.querySelectorAll(".chart")];
  if (!boxes.length || !(await loadPlotly())) return;
  const start = (box) => {
    box.hidden = false;
    box.holders = data(box).map((panel) => {
      const holder = box.appendChild(document.createElement("div"));
      if (panel.title) holder.appendChild(document.createElement("p")).innerHTML = panel.title;
      return holder.appendChild(document.createElement("div"));
    });
    drawChart(box);
    box.panels.forEach((panel, k) => panel.time && markTime(box.holders[k], panel));
    box.closest("figure").classList.add("live");
  };
  boxes.forEach(start);
  let waiting;
  const again = () => { clearTimeout(waiting); waiting = setTimeout(() => { boxes.forEach(drawChart); film.listeners.forEach((f) => f()); }, 150); };
  let width = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; again(); } });
  isDark.addEventListener("change", again);
  document.documentElement.dataset.charts = "ready";
}

// ---- film ----
class Film {
  constructor(box) {
    this.box = box;
    this.reel = data(box);
    this.frame = 0;
    this.timer = null;
    this.canvases = [...box.querySelectorAll("canvas")];
    this.button = box.querySelector("button");
    this.slider = box.querySelector("input");
    this.slider.max = this.reel.frames.length - 1;
    this.button.onclick = () => this.timer ? this.pause() : this.play();
    this.slider.oninput = () => { this.pause(); this.show(Number(this.slider.value)); };
    this.arrows = this.reel.layers.map((layer) => Uint8Array.from(atob(layer.arrows), (c) => c.charCodeAt(0)));
    this.sheets = this.reel.layers.map((layer) => { const image = new Image(); image.src = layer.sheet; return image; });
    film.seek = (time) => this.seek(time);
    addEventListener("resize", () => this.show(this.frame));
    isDark.addEventListener("change", () => this.show(this.frame));
    Promise.all(this.sheets.map((image) => image.decode())).then(() => { this.show(this.reel.frames.length - 1 - Math.max(0, [...this.reel.frames].reverse().findIndex((f) => f.current))); box.dataset.state = "ready"; });
  }

  play() {
    if (this.frame >= this.reel.frames.length - 1) this.show(0);
    const wait = Math.min(400, Math.max(60, 12000 / this.reel.frames.length));
    this.timer = setInterval(() => this.frame < this.reel.frames.length - 1 ? this.show(this.frame + 1) : this.pause(), wait);
    this.button.textContent = "❚❚";
    this.button.setAttribute("aria-label", "pause");
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.button.textContent = "▶";
    this.button.setAttribute("aria-label", "play");
  }

  seek(time) {
    const apart = this.reel.frames.map((f) => Math.abs(f.t - time));
    this.pause();
    this.show(apart.indexOf(Math.min(...apart)));
  }

  show(frame) {
    const { frames } = this.reel;
    this.frame = frame;
    this.slider.value = frame;
    this.reel.layers.forEach((_, k) => this.draw(k));
    const f = frames[frame];
    const words = [f.time, f.pattern && `pattern ${f.pattern}`, `frame ${frame + 1} of ${frames.length}`].filter(Boolean).join(", ");
    this.box.querySelector("output").textContent = words;
    this.slider.setAttribute("aria-valuetext", words);
    film.time = f.t;
    film.listeners.forEach((listener) => listener());
  }

  draw(k) {
    const { width, height, aspect, electrodes, frames } = this.reel;
    const layer = this.reel.layers[k], canvas = this.canvases[k], f = frames[this.frame];
    const wide = canvas.clientWidth, high = wide / aspect, dense = devicePixelRatio || 1;
    canvas.width = Math.round(wide * dense);
    canvas.height = Math.round(high * dense);
    canvas.style.height = `${high}px`;
    const pen = canvas.getContext("2d");
    const missing = k > 0 && !f.current;
    const edge = electrodes.length ? 0.045 : 0; // room for electrodes that reach over the film's rim
    pen.imageSmoothingEnabled = false;
    pen.scale(canvas.width * (1 - 2 * edge), canvas.height * (1 - 2 * edge));
    pen.translate(edge / (1 - 2 * edge), edge / (1 - 2 * edge));
    if (missing) {
      pen.fillStyle = ink("wash");
      pen.fillRect(0, 0, 1, 1);
      pen.scale(1 / 400, aspect / 400);
      pen.fillStyle = ink("soft");
      pen.font = "26px sans-serif";
      pen.textAlign = "center";
      pen.fillText("not saved at this time", 200, 200 / aspect);
      return;
    }
    pen.drawImage(this.sheets[k], (this.frame % layer.columns) * width, Math.floor(this.frame / layer.columns) * height, width, height, 0, 0, 1, 1);
    this.drawArrows(pen, layer, k, aspect);
    this.drawElectrodes(pen, electrodes, f.signs, aspect);
  }

  drawArrows(pen, layer, k, aspect) {
    if (!layer.across) return;
    const count = this.arrows[k].length / this.reel.frames.length, across = layer.across, down = count / across;
    const length = 0.42 / across, squeeze = aspect; // in shares of the width; heights are larger shares of a wide film
    pen.strokeStyle = k ? "#b3300f" : "#1b1e22";
    pen.lineWidth = 0.11 / across;
    pen.beginPath();
    for (let i = 0; i < count; ++i) {
      const turn = this.arrows[k][this.frame * count + i];
      if (!turn) continue;
      const angle = (turn - 1) / 255 * 2 * Math.PI, x = (i % across + 0.5) / across, y = 1 - (Math.floor(i / across) + 0.5) / down;
      const end = (a, r) => [x + r * length * Math.cos(a), y - r * length * Math.sin(a) * squeeze];
      pen.moveTo(...end(angle, -1));
      pen.lineTo(...end(angle, 1));
      pen.moveTo(...end(angle + 0.55, 0.45));
      pen.lineTo(...end(angle, 1));
      pen.lineTo(...end(angle - 0.55, 0.45));
    }
    pen.stroke();
  }

  drawElectrodes(pen, electrodes, signs, aspect) {
    const radius = electrodes.length > 9 ? Math.min(0.02, 0.16 / Math.sqrt(electrodes.length)) : 0.04;
    electrodes.forEach((e, i) => {
      const sign = signs[i];
      if (!sign && electrodes.length > 9) return;
      pen.beginPath();
      pen.ellipse(e.x, e.y, radius, radius * aspect, 0, 0, 7);
      pen.fillStyle = sign === "+" ? ink("ink") : sign === "-" ? ink("paper") : "#cccccc";
      pen.strokeStyle = ink("ink");
      pen.lineWidth = 0.006;
      pen.fill();
      pen.stroke();
      if (electrodes.length > 9) return;
      pen.save();
      pen.translate(e.x, e.y);
      pen.scale(1 / 400, aspect / 400);
      pen.fillStyle = sign === "+" ? ink("paper") : sign === "-" ? ink("ink") : "#222222";
      pen.font = "bold 22px sans-serif";
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.fillText(sign === "+" ? "+" : sign === "-" ? "−" : e.name, 0, 1);
      pen.restore();
    });
  }
}

document.querySelectorAll(".film").forEach((box) => new Film(box));
charts();
