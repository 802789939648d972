(function () {
  "use strict";
  var figures = JSON.parse(document.getElementById("figures").textContent);
  var root = document.documentElement;
  var narrow = window.matchMedia("(max-width: 599px)");
  var coarse = window.matchMedia("(pointer: coarse)");
  var colourKeys = { color: true, fillcolor: true, bordercolor: true };

  function colour(name) { return getComputedStyle(root).getPropertyValue("--" + name).trim(); }

  function paint(value, key) {
    if (Array.isArray(value)) { return value.map(function (item) { return paint(item, key); }); }
    if (value && typeof value === "object") {
      var painted = {};
      Object.keys(value).forEach(function (name) { painted[name] = paint(value[name], name); });
      return painted;
    }
    if (!colourKeys[key] || typeof value !== "string" || value[0] !== "@") { return value; }
    return colour(value.slice(1)) + (key === "fillcolor" && value !== "@land" ? "cc" : "");
  }

  function axis(given) {
    return Object.assign({ gridcolor: colour("rule"), zerolinecolor: colour("rule"), linecolor: colour("rule") }, given);
  }

  function draw() {
    Object.keys(figures).forEach(function (id) {
      var figure = paint(figures[id], "");
      var layout = Object.assign(
        { paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", autosize: true },
        figure.layout, narrow.matches ? figure.narrow : {});
      layout.font = { color: colour("ink"), family: "system-ui, sans-serif", size: narrow.matches ? 11 : 13 };
      layout.hoverlabel = {
        bgcolor: colour("card"), bordercolor: colour("border"), align: "left", namelength: -1,
        font: { color: colour("ink"), size: narrow.matches ? 11 : 13 }
      };
      layout.modebar = { bgcolor: "rgba(0,0,0,0)", color: colour("soft"), activecolor: colour("ink") };
      layout.xaxis = axis(layout.xaxis);
      layout.yaxis = axis(layout.yaxis);
      if (coarse.matches || narrow.matches) { layout.dragmode = false; }
      Plotly.react(id, figure.data, layout, {
        responsive: true, displaylogo: false, scrollZoom: false, displayModeBar: id === "map",
        modeBarButtons: [["zoomIn2d", "zoomOut2d", "resetScale2d"]]
      });
    });
  }

  function openTarget() {
    var target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    var fold = target && target.closest("details");
    if (fold) { fold.open = true; target.scrollIntoView({ block: "center" }); target.focus({ preventScroll: true }); }
  }

  draw();
  openTarget();
  window.addEventListener("hashchange", openTarget);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  narrow.addEventListener("change", draw);
  window.addEventListener("beforeprint", function () { root.classList.add("paper"); draw(); });
  window.addEventListener("afterprint", function () { root.classList.remove("paper"); draw(); });
}());
