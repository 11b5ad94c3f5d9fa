// The page on which exports are drawn. It is handed HTML, and says when all of it stands; nothing is loaded from anywhere.
(function () {
  "use strict";

  const WEIGHTS = ["400", "600", "700"];
  // A frame may never come to a page that nobody sees: half a second is always enough.
  const frame = () => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); setTimeout(done, 500); });

  window.iocDraw = async function (given) {
    const root = document.documentElement;
    root.lang = given.language;
    root.dataset.scheme = given.scheme;
    root.toggleAttribute("data-print", Boolean(given.print));
    const family = given.print ? "'Inter Print'" : "Inter";
    root.style.fontSize = given.size + "px";
    document.title = given.title;
    document.body.innerHTML = given.html;
    try {
      await Promise.all(WEIGHTS.map((weight) => document.fonts.load(weight + " 16px " + family, "Ầỹ0")));
    } catch (fault) { // on a machine without any font Chromium takes none that a page brings along either
      return "fonts";
    }
    await document.fonts.ready;
    await frame();
    // What needs more room than there is gets smaller letters.
    const main = document.querySelector(".ioc-x-main");
    for (let size = given.size, tries = 0; main && main.firstElementChild && main.firstElementChild.scrollHeight > main.clientHeight + 1 && tries < 14; tries += 1) {
      size *= 0.95;
      root.style.fontSize = size + "px";
    }
    return [root.scrollWidth, root.scrollHeight];
  };

  const SHOWN = /^(path|rect|circle|ellipse|line|polyline|polygon|text)$/;
  const STRAIGHT = /^[MLHVZ0-9\s.,-]*$/; // absolute, and made of straight lines
  const STYLES = ["fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-linecap", "stroke-linejoin"];
  const pen = document.createElement("canvas").getContext("2d");

  const escaped = (text) => text.replace(/[&<>"]/g, (each) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[each]);
  const short = (number) => String(Math.round(number * 100) / 100);
  const isSeen = (colour) => colour && colour !== "none" && !/^rgba\(.*,\s*0\)$|^transparent$/.test(colour);

  // All that is drawn on the page as one SVG of plain shapes and of text that stays text.
  window.iocSvg = function (given) {
    const out = [];

    function attributes(given) {
      return Object.entries(given).filter(([, value]) => value !== "" && value != null).map(([name, value]) => ` ${name}="${escaped(String(value))}"`).join("");
    }

    function box(element, style, opacity) {
      const at = element.getBoundingClientRect();
      if (!at.width || !at.height) return;
      const common = { x: short(at.left), y: short(at.top), width: short(at.width), height: short(at.height) };
      const radius = Math.min(parseFloat(style.borderTopLeftRadius) * (style.borderTopLeftRadius.endsWith("%") ? at.width / 100 : 1) || 0, at.width / 2, at.height / 2);
      const round = radius ? { rx: short(radius) } : {};
      if (isSeen(style.backgroundColor)) out.push(`<rect${attributes({ ...common, ...round, fill: style.backgroundColor, opacity })}/>`);
      const width = parseFloat(style.borderTopWidth);
      const even = ["Right", "Bottom", "Left"].every((side) => style[`border${side}Width`] === style.borderTopWidth && style[`border${side}Color`] === style.borderTopColor);
      if (even && width && style.borderTopStyle !== "none" && isSeen(style.borderTopColor)) {
        const inner = { x: short(at.left + width / 2), y: short(at.top + width / 2), width: short(at.width - width), height: short(at.height - width) };
        out.push(`<rect${attributes({ ...inner, ...round, fill: "none", stroke: style.borderTopColor, "stroke-width": short(width), opacity })}/>`);
        return;
      }
      for (const [side, x, y, w, h] of [
        ["Top", at.left, at.top, at.width, 0], ["Bottom", at.left, at.bottom, at.width, 0],
        ["Left", at.left, at.top, 0, at.height], ["Right", at.right, at.top, 0, at.height],
      ]) {
        const thick = parseFloat(style[`border${side}Width`]);
        const kind = style[`border${side}Style`], colour = style[`border${side}Color`];
        if (!thick || kind === "none" || !isSeen(colour)) continue;
        const inside = side === "Top" || side === "Left" ? thick / 2 : -thick / 2;
        const line = w ? { x1: short(x), y1: short(y + inside), x2: short(x + w), y2: short(y + inside) } : { x1: short(x + inside), y1: short(y), x2: short(x + inside), y2: short(y + h) };
        const dash = kind === "dashed" ? `${short(thick * 3)} ${short(thick * 2)}` : kind === "dotted" ? `${short(thick)} ${short(thick)}` : "";
        out.push(`<line${attributes({ ...line, stroke: colour, "stroke-width": short(thick), "stroke-dasharray": dash, opacity })}/>`);
      }
    }

    // Straight lines are drawn where they stand, so that their width does not stretch with them.
    function placed(path, matrix) {
      let x = 0, y = 0;
      const at = () => `${short(matrix.a * x + matrix.c * y + matrix.e)} ${short(matrix.b * x + matrix.d * y + matrix.f)}`;
      return (path.match(/[MLHVZ][^MLHVZ]*/g) || []).map(function (step) {
        const numbers = (step.slice(1).match(/-?[\d.]+/g) || []).map(Number);
        if (step[0] === "Z") return "Z";
        if (step[0] === "H") { x = numbers[0]; return `L${at()}`; }
        if (step[0] === "V") { y = numbers[0]; return `L${at()}`; }
        const steps = [];
        for (let index = 0; index + 1 < numbers.length; index += 2) { [x, y] = [numbers[index], numbers[index + 1]]; steps.push(`${index ? "L" : step[0]}${at()}`); }
        return steps.join("");
      }).join("");
    }

    function shape(element, style, opacity) {
      const matrix = element.getScreenCTM();
      if (!matrix) return;
      const given = {};
      for (const { name, value } of element.attributes) if (!/^(class|style|id|aria-|data-|role|transform|vector-effect|fill|stroke)/.test(name)) given[name] = value;
      for (const name of STYLES) given[name] = style.getPropertyValue(name);
      if (!isSeen(given.stroke)) ["stroke", "stroke-opacity", "stroke-linecap", "stroke-linejoin"].forEach((name) => delete given[name]);
      else {
        given["stroke-width"] = short(parseFloat(style.strokeWidth));
        given["stroke-dasharray"] = style.strokeDasharray === "none" ? "" : style.strokeDasharray.replace(/px/g, "");
      }
      for (const [name, usual] of [["fill-opacity", "1"], ["stroke-opacity", "1"], ["stroke-linecap", "butt"], ["stroke-linejoin", "miter"]]) if (given[name] === usual) delete given[name];
      const fixed = style.vectorEffect === "non-scaling-stroke";
      const path = element.getAttribute("d");
      if (path && (fixed || !given.stroke) && STRAIGHT.test(path)) given.d = placed(path, matrix);
      else {
        given.transform = `matrix(${["a", "b", "c", "d", "e", "f"].map((each) => Math.round(matrix[each] * 10000) / 10000).join(" ")})`;
        if (fixed) given["stroke-width"] = short(parseFloat(style.strokeWidth) / Math.sqrt(Math.abs(matrix.a * matrix.d) || 1));
      }
      if (element.localName === "text") {
        Object.assign(given, { "font-family": style.fontFamily, "font-size": style.fontSize, "font-weight": style.fontWeight, "text-anchor": style.textAnchor });
        out.push(`<text${attributes({ ...given, opacity })}>${escaped(element.textContent)}</text>`);
      } else out.push(`<${element.localName}${attributes({ ...given, opacity })}/>`);
    }

    // The lines of a text as they are broken, each with its place.
    function lines(node) {
      const range = document.createRange(), found = [];
      for (const match of node.data.matchAll(/\S+\s*/g)) {
        range.setStart(node, match.index);
        range.setEnd(node, match.index + match[0].trimEnd().length);
        const at = range.getClientRects();
        if (!at.length) continue;
        const last = found[found.length - 1];
        if (last && Math.abs(last.top - at[0].top) < 2 && at.length === 1) {
          last.text += " " + match[0].trimEnd();
          last.right = at[0].right;
        } else found.push({ text: match[0].trimEnd(), left: at[0].left, right: at[at.length - 1].right, top: at[0].top, height: at[0].height });
      }
      return found;
    }

    function text(node, style, opacity, clip) {
      const font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
      pen.font = font;
      const metrics = pen.measureText("Hg");
      const share = metrics.fontBoundingBoxAscent / (metrics.fontBoundingBoxAscent + metrics.fontBoundingBoxDescent);
      for (const line of lines(node)) {
        const middle = line.top + line.height / 2;
        if (middle < clip.top || middle > clip.bottom || line.left >= clip.right || line.right <= clip.left) continue;
        const shown = style.textTransform === "uppercase" ? line.text.toUpperCase() : line.text;
        out.push(`<text${attributes({
          x: short(line.left), y: short(line.top + line.height * share), fill: style.color, opacity,
          "font-family": style.fontFamily, "font-size": short(parseFloat(style.fontSize)), "font-weight": style.fontWeight === "400" ? "" : style.fontWeight,
          textLength: short(line.right - line.left), lengthAdjust: "spacingAndGlyphs",
        })}>${escaped(shown)}</text>`);
      }
    }

    function walk(element, above, clip) {
      const style = getComputedStyle(element);
      if (style.display === "none" || style.visibility === "hidden" || element.classList.contains("ioc-unseen")) return;
      const own = above * parseFloat(style.opacity);
      if (!own) return;
      const opacity = own < 1 ? short(own) : "";
      if (element.namespaceURI.endsWith("svg")) {
        if (SHOWN.test(element.localName)) shape(element, style, opacity);
        else for (const child of element.children) if (child.localName !== "title" && child.localName !== "defs") walk(child, own, clip);
        return;
      }
      box(element, style, opacity);
      let inside = clip;
      if (style.overflow !== "visible") {
        const at = element.getBoundingClientRect();
        inside = { top: Math.max(clip.top, at.top), bottom: Math.min(clip.bottom, at.bottom), left: Math.max(clip.left, at.left), right: Math.min(clip.right, at.right) };
      }
      for (const child of element.childNodes) {
        if (child.nodeType === Node.TEXT_NODE) text(child, style, opacity, inside);
        else if (child.nodeType === Node.ELEMENT_NODE) walk(child, own, inside);
      }
    }

    const page = document.body.firstElementChild.getBoundingClientRect();
    walk(document.body, 1, { top: page.top, left: page.left, right: page.right, bottom: page.bottom });
    const size = { width: short(page.width), height: short(page.height) };
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}"${attributes(size)} lang="${document.documentElement.lang}" xml:lang="${document.documentElement.lang}" role="img" xml:space="default">` +
      `<title>${escaped(given.title)}</title><desc>${escaped(given.description)}</desc>\n${out.join("\n")}\n</svg>\n`;
  };
})();
