/* Charts, colours, tabs, sorting and printing of a page. */
window.siting = (function () {
  "use strict";
  var PAPER_PX = 1000, PAPER_HEIGHT = 0.78;
  var data = JSON.parse(document.getElementById("data").textContent);
  var root = document.documentElement;
  var narrow = window.matchMedia("(max-width: 599px)");
  var coarse = window.matchMedia("(pointer: coarse)");
  var colourKeys = { color: true, fillcolor: true, bordercolor: true, fgcolor: true, bgcolor: true };
  var prepare = {}, started = {}, drawn = {}, isPaper = false;

  function colour(name) { return getComputedStyle(root).getPropertyValue("--" + name).trim(); }

  /* The shadow of text that keeps it legible over lines. */
  function halo(paper) {
    return ["1px 1px", "-1px 1px", "1px -1px", "-1px -1px", "0 0"].map(function (shift) { return shift + " 2px " + paper; }).join(", ");
  }

  /* Names of colours become those of the theme; areas let the grid shine through. */
  function paint(value, key) {
    if (Array.isArray(value)) { return value.map(function (item) { return paint(item, key); }); }
    if (value && typeof value === "object") {
      var painted = {};
      Object.keys(value).forEach(function (name) { painted[name] = paint(value[name], name); });
      return painted;
    }
    if (key === "shadow" && typeof value === "string" && value[0] === "@") { return halo(colour(value.slice(1))); }
    if (!colourKeys[key] || typeof value !== "string" || value[0] !== "@") { return value; }
    return colour(value.slice(1)) + (key === "fillcolor" && value !== "@land" ? "cc" : "");
  }

  function axis(given) {
    return Object.assign({ gridcolor: colour("rule"), zerolinecolor: colour("rule"), linecolor: colour("rule") }, given);
  }

  function layoutOf(figure) {
    var isSmall = narrow.matches && !isPaper;
    var layout = Object.assign(
      { paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", autosize: !isPaper },
      figure.layout, isSmall ? figure.narrow : {});
    layout.font = { color: colour("ink"), family: "system-ui, sans-serif", size: isSmall ? 11 : 13 };
    layout.hoverlabel = {
      bgcolor: colour("card"), bordercolor: colour("border"), align: "left", namelength: -1,
      font: { color: colour("ink"), size: isSmall ? 11 : 13 }
    };
    layout.xaxis = axis(layout.xaxis);
    layout.yaxis = axis(layout.yaxis);
    if (isPaper) {
      var height = layout.height;
      layout.width = PAPER_PX;
      layout.height = figure.paper ? figure.paper.height : Math.round(PAPER_HEIGHT * layout.height);
      /* a legend below the chart stays as far below it */
      if (layout.legend && layout.legend.y < 0) {
        layout.legend = Object.assign({}, layout.legend, { y: 1.2 * layout.legend.y * height / layout.height });
      }
    }
    if (coarse.matches || isSmall) { layout.dragmode = false; }
    return layout;
  }

  function draw(id) {
    var figure = paint(data.figures[id], ""), isFirst = !drawn[id];
    if (prepare[id]) { prepare[id](figure); }
    drawn[id] = true;
    var layout = layoutOf(figure);
    if (layout.height && !isPaper) { document.getElementById(id).style.height = layout.height + "px"; }
    Plotly.react(id, figure.data, layout, { responsive: true, displayModeBar: false, scrollZoom: false });
    if (isFirst && started[id]) { started[id](); }
  }

  function isShown(id) { return !document.getElementById(id).closest("[hidden]"); }

  /* One chart at a time, so that the page answers while it fills; those out of sight when asked for. */
  function fill() {
    var next = Array.prototype.filter.call(document.querySelectorAll(".chart"), function (node) {
      return !drawn[node.id] && isShown(node.id);
    })[0];
    if (!next) { if (!root.dataset.ready) { performance.mark("charts"); }  root.dataset.ready = "yes"; return; }
    draw(next.id);
    setTimeout(fill, 0);
  }

  function redraw() { Object.keys(drawn).forEach(function (id) { draw(id); }); }

  function openTarget() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var fold = target && target.closest("details");
    if (fold) { fold.open = true; target.scrollIntoView({ block: "center" }); target.focus({ preventScroll: true }); }
  }

  function tabs(group) {
    var buttons = Array.prototype.slice.call(group.querySelectorAll("[role=tab]"));
    function choose(button) {
      buttons.forEach(function (other) {
        var isOn = other === button;
        other.setAttribute("aria-selected", String(isOn));
        other.tabIndex = isOn ? 0 : -1;
        document.getElementById(other.getAttribute("aria-controls")).hidden = !isOn;
      });
      button.focus();
      draw(button.id.slice(4));
    }
    buttons.forEach(function (button, place) {
      button.addEventListener("click", function () { choose(button); });
      button.addEventListener("keydown", function (event) {
        var last = buttons.length - 1;
        var next = { ArrowRight: place === last ? 0 : place + 1, ArrowLeft: place === 0 ? last : place - 1, Home: 0, End: last }[event.key];
        if (next !== undefined) { event.preventDefault(); choose(buttons[next]); }
      });
    });
  }

  function worth(text) {
    var bare = text.replace(/,/g, "");
    return bare !== "" && isFinite(bare) ? Number(bare) : null;
  }

  function sort(table, column, isUp) {
    var body = table.tBodies[0];
    var rows = Array.prototype.map.call(body.rows, function (row, place) {
      var text = row.cells[column].textContent.trim();
      return { row: row, text: text, number: worth(text), isBlank: text === "–", place: place };
    });
    rows.sort(function (a, b) {
      if (a.isBlank !== b.isBlank) { return a.isBlank ? 1 : -1; }
      var order = a.number !== null && b.number !== null ? a.number - b.number : a.text.localeCompare(b.text, "en");
      return (isUp ? order : -order) || a.place - b.place;
    });
    rows.forEach(function (entry) { body.appendChild(entry.row); });
  }

  function sortable(table) {
    var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
    heads.forEach(function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.textContent = head.textContent;
      head.textContent = "";
      head.appendChild(button);
      button.addEventListener("click", function () {
        var isUp = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", isUp ? "ascending" : "descending");
        sort(table, column, isUp);
      });
    });
  }

  function hints() {
    document.querySelectorAll(".scroll").forEach(function (box) {
      box.classList.toggle("overflows", box.scrollWidth > box.clientWidth + 1);
    });
  }

  function print(isOn) {
    isPaper = isOn;
    root.classList.toggle("paper", isOn);
    if (!isOn) { redraw(); return; }
    /* The browser prints at once: a second drawing puts names and legends where the margins of the first have moved. */
    for (var round = 0; round < 2; round += 1) { Object.keys(data.figures).forEach(draw); }
  }

  function start() {
    document.querySelectorAll(".tabs").forEach(tabs);
    document.querySelectorAll("table.sortable").forEach(sortable);
    document.getElementById("theme").addEventListener("change", function (event) {
      if (event.target.value) { root.dataset.theme = event.target.value; } else { delete root.dataset.theme; }
      redraw();
    });
    openTarget();
    hints();
    fill();
    window.addEventListener("hashchange", openTarget);
    window.addEventListener("resize", hints);
    document.addEventListener("toggle", function () { hints(); fill(); }, true);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    narrow.addEventListener("change", redraw);
    window.addEventListener("beforeprint", function () { print(true); });
    window.addEventListener("afterprint", function () { print(false); });
  }

  document.addEventListener("DOMContentLoaded", start);
  return { map: data.map, colour: colour, prepare: prepare, started: started };
}());
