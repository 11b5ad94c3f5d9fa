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

  // Asked for once a size of the window: to ask is to have the whole page's styles told anew.
  let size = 0;
  window.addEventListener("resize", () => (size = 0));
  function factor() {
    return (size = size || parseFloat(getComputedStyle(document.documentElement).fontSize) / 16);
  }

  // Paper has another width than the screen that a chart was drawn for.
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll(".ioc-graph .main-svg").forEach(function (svg) {
      svg.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`);
    });
  });

  function go(address) {
    history.pushState({}, "", address);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  }

  // A page limited to days. Of a single point its days are told one by one.
  function narrow(spans, finer) {
    const address = new URL(location.href);
    address.searchParams.set("from", spans[0][0]);
    address.searchParams.set("to", spans[spans.length - 1][1]);
    if (spans.length === 1) address.searchParams.set("period", finer);
    go(address);
  }

  // What a point stands for: an address that it leads to, or its days.
  function follow(node) {
    if (!node.on || node.followed) return;
    node.followed = true;
    const marked = (event) => (event ? event.points : []).map((point) => point.customdata).filter(Boolean);
    node.on("plotly_click", function (event) {
      const [first] = marked(event);
      if (Array.isArray(first)) narrow([first], node.layout.meta.finer);
      else if (first && first.startsWith("/")) go(first);
    });
    node.on("plotly_selected", function (event) {
      const spans = marked(event).filter(Array.isArray).sort();
      if (spans.length) narrow(spans, node.layout.meta.finer);
    });
  }

  ["newPlot", "react"].forEach(function (name) {
    const draw = window.Plotly[name];
    window.Plotly[name] = function (node, data, layout, config) {
      if (data && !Array.isArray(data)) [data, layout, config] = [data.data, data.layout, data.config];
      const asked = JSON.stringify([factor(), data, layout]);
      if (name === "react" && node.asked === asked && node._fullLayout) return Promise.resolve(node); // it stands as it is
      node.asked = asked;
      const fitted = scaled(layout, factor());
      if (matchMedia("(pointer: coarse)").matches) fitted.dragmode = false; // a finger that moves scrolls the page
      return draw.call(this, node, scaled(data, factor()), fitted, config).then(function (drawn) {
        follow(node);
        return drawn;
      });
    };
  });
})();
