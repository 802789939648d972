/* The map: date slider, layers, zoom, and what it says of each thing. Text is only ever set as text. */
(function () {
  "use strict";
  var STEP_MS = 700, FAINT = 0.25, GW = 1000;
  var map = siting.map, popups = map.popups;
  var narrow = window.matchMedia("(max-width: 1023px)");  // names are placed for wider pages
  var slider = document.getElementById("date"), pick = document.getElementById("pick");
  var popup = document.getElementById("popup"), play = document.getElementById("play");
  var now = document.getElementById("now"), box = document.getElementById("mapbox");
  var last = map.periods.length - 1, period = last, chosen = null, timer = null, frame = null;
  var whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
  var tenth = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  var kinds = [["site", "Sites"], ["plant", "Power plants"], ["upgrade", "Grid upgrades"], ["node", "Grid nodes"], ["candidate", "Candidates, not built"]];

  function make(tag, text, className) {
    var node = document.createElement(tag);
    if (text !== undefined) { node.textContent = text; }
    if (className) { node.className = className; }
    return node;
  }

  function power(mw) { return mw >= GW ? tenth.format(mw / GW) + " GW" : whole.format(mw) + " MW"; }

  function isOn(layer) { return box.querySelector('[data-layer="' + layer + '"]').checked; }

  function shareColour(thing) {
    var share = thing.capacity[period] > 0 ? thing.left[period] / thing.capacity[period] : 0;
    return siting.colour(share <= 0.1 ? "red" : share <= 0.5 ? "amber" : "teal");
  }

  /* What of a trace depends on the date; null where nothing does. */
  var roles = {
    energised: function (things) {
      return { "marker.size": things.map(function (thing) {
        return thing.mw[period] > 0 ? Math.min(thing.size, map.circle[0] + map.circle[1] * Math.sqrt(thing.mw[period])) : 0;
      }) };
    },
    plant: function (things) { return { "marker.opacity": things.map(standing) }; },
    upgrade: function (things) { return { "marker.opacity": things.map(standing) }; },
    node: function (things) {
      var colours = things.map(shareColour);
      return {
        "marker.size": things.map(function (thing) { return 4 + 0.25 * Math.sqrt(thing.left[period]); }),
        "marker.color": colours, "marker.line.color": colours
      };
    }
  };

  function standing(thing) { return thing.since <= period ? 1 : FAINT; }

  function changes(trace) {
    var role = trace.meta && roles[trace.meta.role];
    return role ? role(trace.customdata.map(function (place) { return popups[place]; })) : null;
  }

  function isVisible(trace) { return trace.meta.layers.every(isOn); }

  function read(trace, path) {
    return path.split(".").reduce(function (at, key) { return at === undefined ? at : at[key]; }, trace);
  }

  function put(trace, path, value) {
    var keys = path.split("."), leaf = keys.pop();
    var target = keys.reduce(function (at, key) { return (at[key] = at[key] || {}); }, trace);
    target[leaf] = value;
  }

  function ring() {
    var thing = chosen === null ? {} : popups[chosen];
    return { x: thing.x === undefined ? [] : [thing.x], y: thing.y === undefined ? [] : [thing.y] };
  }

  siting.prepare.map = function (figure) {
    figure.data.forEach(function (trace) {
      var changed = changes(trace);
      Object.keys(changed || {}).forEach(function (path) { put(trace, path, changed[path]); });
      if (trace.meta) { trace.visible = isVisible(trace); }
      if (trace.text && narrow.matches) { trace.mode = "markers"; }
    });
    if (frame === null) { frame = [figure.layout.xaxis.range, figure.layout.yaxis.range]; }
    figure.data.push(Object.assign({
      type: "scatter", mode: "markers", hoverinfo: "skip",
      marker: { symbol: "circle-open", size: 34, color: siting.colour("ink"), line: { width: 3, color: siting.colour("ink") } }
    }, ring()));
  };

  /* One call for every trace that depends on the date, so that the map is drawn once. */
  function update() {
    var data = document.getElementById("map").data, traces = [], found = [], paths = {}, all = {};
    data.forEach(function (trace, place) {
      var changed = trace.visible === false ? null : changes(trace);
      if (changed) {
        traces.push(place);
        found.push(changed);
        Object.keys(changed).forEach(function (path) { paths[path] = true; });
      }
    });
    Object.keys(paths).forEach(function (path) {
      all[path] = traces.map(function (place, i) {
        return found[i][path] === undefined ? read(data[place], path) : found[i][path];
      });
    });
    if (traces.length) { Plotly.restyle("map", all, traces); }
  }

  function show() {
    var target = map.totals.target_mw[period], served = map.totals.served_mw[period];
    var sites = popups.filter(function (thing) { return thing.mw && thing.mw[period] > 0; }).length;
    var text = "From " + map.periods[period].slice(0, 7) + ": " + power(served) + " of IT load energised at " +
      sites + (sites === 1 ? " site" : " sites") + ", " + power(target) + " asked for. " +
      power(map.totals.grid_mw[period]) + " from the grid, " + power(map.totals.onsite_mw[period]) + " from power on site.";
    now.textContent = text;
    slider.setAttribute("aria-valuetext", text);
    if (chosen !== null) { fillPopup(); }
  }

  function cell(row, value, className) { row.appendChild(make("td", value, className)); }

  function mark(row, reference, isEstimate, places) {
    var td = make("td", undefined, "from");
    if (isEstimate) { td.appendChild(make("span", "est.", "est")); }
    if (reference < 0) {
      td.appendChild(make("span", "this plan"));
    } else {
      if (places.indexOf(reference) < 0) { places.push(reference); }
      td.appendChild(make("span", "[" + (places.indexOf(reference) + 1) + "] " + map.references[reference].confidence));
    }
    row.appendChild(td);
  }

  function factRow(table, label, value, reference, isEstimate, places) {
    var row = table.insertRow(), head = make("th", label);
    head.scope = "row";
    row.appendChild(head);
    cell(row, value);
    mark(row, reference, isEstimate, places);
  }

  function sources(places) {
    var list = make("ol", undefined, "sources");
    places.forEach(function (place) {
      var reference = map.references[place], item = make("li", reference.source + ". ");
      item.appendChild(make("strong", "Confidence: " + reference.confidence + ". "));
      if (reference.estimated) { item.appendChild(document.createTextNode("Estimated: " + reference.estimated + ". ")); }
      if (reference.row !== null) {
        var link = make("a", "Row of input");
        link.href = "#source-" + reference.row;
        item.appendChild(link);
      }
      list.appendChild(item);
    });
    return list;
  }

  function fillPopup() {
    var thing = popups[chosen], places = [], hadFocus = popup.contains(document.activeElement);
    var title = make("h3", thing.name), close = make("button", "Close", "close");
    var table = make("table"), head = table.createTHead().insertRow();
    ["Fact", "Value", "Source, confidence"].forEach(function (text) {
      var th = make("th", text);
      th.scope = "col";
      head.appendChild(th);
    });
    table.createTBody();
    if (thing.weak) { title.appendChild(make("span", "est.", "est")); }
    close.type = "button";
    close.addEventListener("click", shut);
    thing.live.forEach(function (fact) {
      factRow(table.tBodies[0], fact[0], whole.format(fact[1][period]) + " MW from " + map.periods[period].slice(0, 7), fact[2], fact[3], places);
    });
    thing.facts.forEach(function (fact) { factRow(table.tBodies[0], fact[0], fact[1], fact[2], fact[3], places); });
    popup.replaceChildren(close, title, table);
    if (places.length) { popup.append(make("h4", "Sources"), sources(places)); }
    popup.classList.toggle("left", thing.x > (frame[0][0] + frame[0][1]) / 2);
    popup.hidden = false;
    if (hadFocus) { close.focus(); }
  }

  function open(place) {
    chosen = place;
    pick.value = String(place);
    fillPopup();
    popup.scrollTop = 0;
    showRing();
  }

  function shut() {
    var hadFocus = popup.contains(document.activeElement);
    chosen = null;
    popup.hidden = true;
    popup.replaceChildren();
    pick.value = "";
    showRing();
    if (hadFocus) { pick.focus(); }
  }

  function showRing() {
    var data = document.getElementById("map").data, spot = ring();
    Plotly.restyle("map", { x: [spot.x], y: [spot.y] }, [data.length - 1]);
  }

  function move(place) {
    period = place;
    slider.value = String(place);
    update();
    show();
  }

  function halt() {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  }

  function run() {
    if (timer !== null) { halt(); return; }
    play.textContent = "Stop";
    move(period === last ? 0 : period);
    timer = setInterval(function () {
      if (period >= last) { halt(); } else { move(period + 1); }
    }, STEP_MS);
  }

  function layers() {
    var data = document.getElementById("map").data, places = [], seen = [];
    data.forEach(function (trace, place) {
      if (trace.meta) { places.push(place); seen.push(isVisible(trace)); }
    });
    Plotly.restyle("map", { visible: seen }, places);
    update();
    keys();
  }

  function keys() {
    var node = box.querySelector('[data-layer="node"]');
    document.getElementById("node-keys").hidden = !(node && node.checked);
  }

  function zoom(factor) {
    var layout = document.getElementById("map").layout;
    function around(range) {
      var middle = (range[0] + range[1]) / 2, half = factor * (range[1] - range[0]) / 2;
      return [middle - half, middle + half];
    }
    Plotly.relayout("map", factor
      ? { "xaxis.range": around(layout.xaxis.range), "yaxis.range": around(layout.yaxis.range) }
      : { "xaxis.range": frame[0].slice(), "yaxis.range": frame[1].slice() });
  }

  function fillPick() {
    kinds.forEach(function (kind) {
      var group = make("optgroup");
      group.label = kind[1];
      popups.forEach(function (thing, place) {
        if (thing.kind === kind[0]) {
          var option = make("option", thing.name);
          option.value = String(place);
          group.appendChild(option);
        }
      });
      if (group.children.length) { pick.appendChild(group); }
    });
  }

  function start() {
    fillPick();
    keys();
    show();
    slider.addEventListener("input", function () { halt(); move(Number(slider.value)); });
    play.addEventListener("click", run);
    pick.addEventListener("change", function () { if (pick.value) { open(Number(pick.value)); } else { shut(); } });
    box.addEventListener("keydown", function (event) { if (event.key === "Escape" && chosen !== null) { shut(); } });
    box.querySelectorAll("[data-layer]").forEach(function (check) { check.addEventListener("change", layers); });
    box.querySelectorAll("[data-zoom]").forEach(function (button) {
      button.addEventListener("click", function () { zoom(Number(button.dataset.zoom)); });
    });
    document.getElementById("map").on("plotly_click", function (event) {
      var place = event.points[0].customdata;
      if (place !== undefined) { open(place); }
    });
  }

  siting.started.map = start;
}());
