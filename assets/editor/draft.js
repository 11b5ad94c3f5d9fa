// What is being arranged: the panels in reading order, and every state before, so that each step can be taken back.
// Knows nothing of the page.
window.IocDraft = function (given) {
  "use strict";

  const MOST_STATES = 200;
  let next = 0;
  const numbered = (data) => ({ id: ++next, data });
  let screen = { ...given.draft, panels: given.draft.panels.map(numbered) };
  let before = [];
  let typed = ""; // what is being typed into: letters of one field are one step
  let saved = said();

  function said() {
    return JSON.stringify(plain());
  }

  function plain() {
    return { ...screen, panels: screen.panels.map((panel) => panel.data) };
  }

  function span(panel) {
    const size = /^(\d+)x(\d+)$/.exec(panel.data.size || "");
    return size ? [Number(size[1]), Number(size[2])] : given.sizes[panel.data.kind] || [3, 2];
  }

  // One step: what is done to a copy can be taken back.
  function step(change, field = "") {
    if (!field || field !== typed) before.push(screen);
    if (before.length > MOST_STATES) before.shift();
    typed = field;
    screen = structuredClone(screen);
    return change(screen);
  }

  const at = (id, where = screen) => where.panels.findIndex((panel) => panel.id === id);
  const clamp = (value) => Math.min(Math.max(value, 1), 12);

  return {
    plain,
    span,
    at,
    panels: () => screen.panels,
    panel: (id) => screen.panels[at(id)],
    label: () => screen.label,
    canUndo: () => before.length > 0,
    isDirty: () => said() !== saved,
    said,
    markSaved: (text) => (saved = text),

    // To a place in the order; false when it stands there already.
    move(id, to) {
      const place = Math.min(Math.max(to, 0), screen.panels.length - 1);
      if (place === at(id)) return false;
      step((next) => next.panels.splice(place, 0, ...next.panels.splice(at(id, next), 1)), `move ${id}`);
      return true;
    },

    resize(id, wide, high) {
      const size = `${clamp(wide)}x${clamp(high)}`;
      if (size === span(screen.panels[at(id)]).join("x")) return false;
      step(function (next) {
        const data = next.panels[at(id, next)].data;
        data.size = size;
        if (size === String(given.sizes[data.kind] && given.sizes[data.kind].join("x"))) delete data.size;
      }, `resize ${id}`);
      return true;
    },

    // A key of a panel; what is empty is left out. Another kind keeps only the keys that it has.
    set(id, key, value) {
      step(function (next) {
        const panel = next.panels[at(id, next)];
        const empty = value === "" || value === null || value === undefined || (typeof value === "object" && !Object.keys(value).length);
        if (empty) delete panel.data[key];
        else panel.data[key] = value;
        if (key !== "kind") return;
        const kept = ["kind", "title", ...given.keys[value]];
        panel.data = Object.fromEntries(Object.entries(panel.data).filter(([name]) => kept.includes(name)));
      }, `${key} ${id}`);
    },

    rename(language, text) {
      step((next) => (next.label = { ...next.label, [language]: text }), `label ${language}`);
    },

    add(data, after) {
      return step(function (next) {
        const panel = numbered(structuredClone(data));
        next.panels.splice(after === undefined ? next.panels.length : at(after, next) + 1, 0, panel);
        return panel.id;
      });
    },

    remove(id) {
      step((next) => next.panels.splice(at(id, next), 1));
    },

    // To the state that was marked, as a drag that is taken back.
    mark: () => screen,
    backTo(state) {
      const at = before.indexOf(state);
      if (at >= 0) before.length = at;
      screen = state;
      typed = "";
    },

    undo() {
      if (before.length) screen = before.pop();
      typed = "";
    },

    // What comes next is a step of its own, also when the same is done again.
    rest() {
      typed = "";
    },
  };
};
