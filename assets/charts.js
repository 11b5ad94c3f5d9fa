// Charts are described in sixteenths of a rem (layouts/figures.py). Before Plotly draws one, its lengths are scaled to the screen.
(function () {
  "use strict";
  if (!window.Plotly) return;

  const LENGTHS = new Set(["size", "width", "thickness", "l", "r", "t", "b", "xshift", "yshift", "xgap", "ygap"]);

  function scaled(part, factor) {
    if (Array.isArray(part)) return part.map((item) => (item && typeof item === "object" ? scaled(item, factor) : item));
    const copy = {};
    for (const key in part) {
      const value = part[key];
      if (LENGTHS.has(key) && typeof value === "number") copy[key] = value * factor;
      else if (LENGTHS.has(key) && Array.isArray(value)) copy[key] = value.map((item) => item * factor);
      else if (key === "dash" && /px/.test(value)) copy[key] = value.replace(/[\d.]+px/g, (length) => parseFloat(length) * factor + "px");
      else if (value && typeof value === "object" && !["x", "y", "z", "text", "customdata"].includes(key)) copy[key] = scaled(value, factor);
      else copy[key] = value;
    }
    return copy;
  }

  function factor() {
    return parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  }

  // Paper has another width than the screen that a chart was drawn for.
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll(".ioc-graph .main-svg").forEach(function (svg) {
      svg.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`);
    });
  });

  ["newPlot", "react"].forEach(function (name) {
    const draw = window.Plotly[name];
    window.Plotly[name] = function (node, data, layout, config) {
      if (data && !Array.isArray(data)) [data, layout, config] = [data.data, data.layout, data.config];
      return draw.call(this, node, scaled(data, factor()), scaled(layout, factor()), config);
    };
  });
})();
