// The editor of a screen: moves and resizes panels by pointer and keys, fills the form of the one chosen, and asks the server what
// each draft looks like and what is wrong with it. Nothing is kept before somebody saves.
(function () {
  "use strict";

  const QUIET_MS = 250;
  const ANSWER_MS = 15000;
  const MOST_ROWS = 7; // more are not read from afar
  const NEAR = 5; // pixels that a pointer may slip before it drags
  const given = JSON.parse(document.getElementById("editor-given").textContent);
  const draft = window.IocDraft(given);
  const canvas = document.querySelector(".ioc-editor-canvas");
  const grid = canvas.querySelector(".ioc-grid");
  const form = document.getElementById("editor-form");
  const bar = document.getElementById("editor-bar");
  const told = document.getElementById("editor-told");
  const notice = document.querySelector(".ioc-editor-notice");
  const base = `/admin/screens/${given.id}`;
  let revision = given.revision;
  let chosen = null;
  let faults = [];
  let asked = 0;
  let waiting = null;
  let drag = null;
  let saving = null; // what is on its way to the server
  let goes = false; // the page is being left on purpose

  const words = (name, values = {}) => given.said[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const say = (text) => (told.textContent = text);

  // ---- The canvas is as large as a wall, drawn as small as there is room.
  function fit() {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    grid.style.zoom = canvas.clientWidth / (120 * rem);
  }

  // ---- Drawing: a cell for each panel, in order; what stands in it comes from the server.
  function cellOf(id) {
    return grid.querySelector(`[data-id="${id}"]`);
  }

  function draw() {
    const panels = draft.panels();
    const ids = new Set(panels.map((panel) => String(panel.id)));
    [...grid.children].forEach((cell) => ids.has(cell.dataset.id) || cell.remove());
    panels.forEach(function (panel, place) {
      const cell = cellOf(panel.id) || newCell(panel.id);
      if (grid.children[place] !== cell) {
        const focused = cell === document.activeElement;
        grid.insertBefore(cell, grid.children[place] || null);
        if (focused) cell.focus({ preventScroll: true });
      }
      const [wide, high] = draft.span(panel);
      cell.style.setProperty("--w", wide);
      cell.style.setProperty("--h", high);
      const kind = given.kinds[panel.data.kind] || panel.data.kind;
      cell.dataset.kind = kind;
      cell.setAttribute("aria-selected", panel.id === chosen);
      const wrong = faults.filter((fault) => fault.panel === place);
      const about = [called(panel.data), wrong.length ? words("at_fault") : ""].filter(Boolean);
      cell.setAttribute("aria-label", [words("tile", { place: place + 1, kind, wide, high }), ...about].join(". "));
      cell.classList.toggle("ioc-wrong", wrong.length > 0);
    });
    bar.querySelector('[data-does="undo"]').disabled = !draft.canUndo();
    count();
  }

  // What a panel is about, in words.
  function called(data) {
    const title = (data.title || {})[document.documentElement.lang] || (data.text || {})[document.documentElement.lang];
    const chosenOf = (key) => [...form.elements[key].options].find((each) => each.value === data[key]);
    const listed = [data.indicator, ...(data.indicators || [])].filter(Boolean).map((code) => labelOf("editor-indicators", code));
    const named = ["group", "record"].filter((key) => data[key] && chosenOf(key)).map((key) => chosenOf(key).text);
    return title || [...listed, ...named].join(", ");
  }

  // A wall shares its height among all rows: too many are told.
  function count() {
    const note = document.getElementById("editor-rows");
    const rows = getComputedStyle(grid).gridTemplateRows.split(" ").length;
    note.hidden = rows <= MOST_ROWS;
    note.textContent = note.hidden ? "" : words("rows", { rows, most: MOST_ROWS });
  }

  function newCell(id) {
    const cell = document.createElement("div");
    cell.className = "ioc-cell";
    cell.dataset.id = id;
    cell.tabIndex = 0;
    cell.setAttribute("role", "option");
    return cell;
  }

  function fill(cell, html, wrong) {
    if (cell.last === html && html) return;
    cell.last = html;
    const template = document.createElement("template");
    template.innerHTML = html;
    let panel = template.content.firstElementChild;
    if (!panel) {
      panel = document.createElement("section");
      panel.className = "ioc-panel ioc-editor-undrawn";
      wrong.forEach((fault) => panel.appendChild(document.createElement("p")).append(fault.text));
    }
    panel.inert = true; // what is arranged is not used
    const handle = document.createElement("i");
    handle.className = "ioc-handle";
    cell.replaceChildren(panel, handle);
  }

  // ---- The server says what a draft looks like.
  function changed() {
    draw();
    if (draft.isDirty()) say(words("unsaved"));
    clearTimeout(waiting);
    waiting = setTimeout(preview, QUIET_MS);
  }

  function post(path, body) {
    return fetch(`${base}${path}${given.query}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS),
    }).then((answer) => answer.json().then((found) => ({ status: answer.status, ...found })));
  }

  function preview() {
    const number = ++asked;
    const ids = draft.panels().map((panel) => panel.id);
    return post("/preview", { screen: draft.plain() })
      .then(function (found) {
        if (number !== asked || drag) return;
        if (found.status !== 200) return say([found.title, found.detail].filter(Boolean).join(" "));
        faults = found.faults;
        ids.forEach(function (id, place) {
          const cell = cellOf(id);
          if (cell) fill(cell, found.cells[place], faults.filter((fault) => fault.panel === place));
        });
        draw();
        tell();
        if (found.revision !== revision && !saving) overtaken();
      })
      .catch(() => say(words("failed")));
  }

  // Each fault beside its field.
  function tell() {
    const place = draft.at(chosen);
    form.querySelectorAll("[data-key]").forEach(function (field) {
      const mine = faults.filter((fault) => fault.panel === place && fault.key === field.dataset.key);
      const note = field.querySelector(".ioc-field-fault");
      note.textContent = [...new Set(mine.map((fault) => fault.text))].join(" ");
      note.hidden = !mine.length;
      field.querySelectorAll("input, select").forEach(function (control) {
        if (mine.length) control.setAttribute("aria-invalid", "true");
        else control.removeAttribute("aria-invalid");
        if (mine.length) control.setAttribute("aria-describedby", note.id);
      });
    });
    const own = faults.filter((fault) => fault.panel === null);
    bar.querySelectorAll("input").forEach((each) => each.setAttribute("aria-invalid", String(own.some((fault) => fault.key === "label"))));
    if (own.length) say([...new Set(own.map((fault) => fault.text))].join(" ")); // a name may lack in both languages
  }

  // ---- Choosing a panel fills the form.
  function choose(id, focus = true) {
    chosen = id;
    draft.rest();
    draw();
    show();
    const cell = cellOf(id);
    if (cell && focus) cell.focus({ preventScroll: true });
  }

  const codes = (list) => [...document.getElementById(list).options];
  const labelOf = (list, code) => (codes(list).find((each) => each.dataset.code === code) || { value: code }).value;
  const codeOf = (list, label) => (codes(list).find((each) => each.value === label.trim()) || { dataset: { code: label.trim() } }).dataset.code;
  const several = { indicators: "editor-indicators", where: "editor-scopes" };

  function chips(key, data) {
    return key === "where" ? Object.entries(data.where || {}).map((pair) => pair.join(":")) : data.indicators || [];
  }

  function show() {
    const panel = draft.panel(chosen);
    form.hidden = !panel;
    if (!panel) return;
    const data = panel.data;
    const keys = ["kind", "title", "size", ...(given.keys[data.kind] || [])];
    form.querySelectorAll("[data-key]").forEach((field) => (field.hidden = !keys.includes(field.dataset.key)));
    for (const control of form.elements) {
      const [key, part] = (control.name || "").split(".");
      if (!key || control === document.activeElement) continue;
      if (several[key]) control.value = "";
      else if (key === "size") control.value = draft.span(panel)[part === "wide" ? 0 : 1];
      else if (part) control.value = (data[key] || {})[part] || "";
      else if (control.hasAttribute("data-code")) control.value = data[key] ? labelOf(control.getAttribute("list"), data[key]) : "";
      else if (Array.isArray(data[key])) control.value = data[key].join(", ");
      else control.value = data[key] === undefined ? "" : data[key];
    }
    for (const key of Object.keys(several)) {
      const list = form.querySelector(`[data-several="${key}"] ul`);
      list.replaceChildren(
        ...chips(key, data).map(function (code) {
          const item = document.createElement("li");
          const button = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
          const label = labelOf(several[key], code);
          button.setAttribute("aria-label", `${list.dataset.remove} ${label}`);
          button.addEventListener("click", function () {
            put(key, chips(key, data).filter((each) => each !== code));
            form.elements[key].focus(); // not nowhere, since the button is gone
            say(words("taken_out", { label }));
          });
          item.append(label, button);
          return item;
        })
      );
    }
    tell();
  }

  function put(key, listed) {
    draft.set(chosen, key, key === "where" ? Object.fromEntries(listed.map((each) => [each.split(":")[0], each.split(":").slice(1).join(":")])) : listed);
    changed();
    show();
  }

  function typed(control) {
    const [key, part] = control.name.split(".");
    const data = draft.panel(chosen).data;
    if (key === "size") {
      const [wide, high] = ["wide", "high"].map((each) => Number(form.elements[`size.${each}`].value));
      if (wide && high) draft.resize(chosen, wide, high);
    } else if (part) {
      const pair = { ...data[key], [part]: control.value };
      draft.set(chosen, key, pair.vi || pair.en ? Object.fromEntries(Object.entries(pair).filter(([, text]) => text)) : "");
    } else if (control.hasAttribute("data-code")) draft.set(chosen, key, codeOf(control.getAttribute("list"), control.value));
    else if (control.type === "number") draft.set(chosen, key, control.value === "" ? "" : Number(control.value));
    else if (key === "columns") draft.set(chosen, key, control.value.split(",").map((each) => each.trim()).filter(Boolean));
    else draft.set(chosen, key, control.value);
    changed();
    if (key === "kind") show();
  }

  form.addEventListener("input", function (event) {
    const [key] = (event.target.name || "").split(".");
    if (!several[key] && key) typed(event.target);
  });
  form.addEventListener("change", function (event) {
    const key = event.target.name;
    if (!several[key] || !event.target.value.trim()) return;
    const code = codeOf(several[key], event.target.value);
    event.target.value = "";
    const data = draft.panel(chosen).data;
    const others = chips(key, data).filter((each) => each !== code && (key !== "where" || each.split(":")[0] !== code.split(":")[0]));
    put(key, [...others, code]);
  });
  form.addEventListener("submit", (event) => event.preventDefault());

  // ---- What buttons and keys do.
  const place = (id) => words("moved", { place: draft.at(id) + 1, count: draft.panels().length });

  function move(id, to) {
    if (!draft.move(id, to)) return;
    changed();
    say(place(id));
  }

  function resize(id, wide, high) {
    if (!draft.resize(id, wide, high)) return;
    changed();
    show();
    const [now, rows] = draft.span(draft.panel(id));
    say(words("resized", { wide: now, high: rows }));
  }

  // The panel that lies above or below one, most of all straight so.
  function beyond(id, down) {
    const here = cellOf(id).getBoundingClientRect();
    let best = null;
    for (const cell of grid.children) {
      const box = cell.getBoundingClientRect();
      const gap = down ? box.top - here.bottom : here.top - box.bottom;
      if (cell.dataset.id === String(id) || gap < -4) continue;
      const far = gap + Math.abs(box.left - here.left) / 4;
      if (!best || far < best.far) best = { far, at: draft.at(Number(cell.dataset.id)) };
    }
    return best ? best.at : draft.at(id);
  }

  const does = {
    add() {
      const id = draft.add({ kind: "number" }, chosen === null ? undefined : chosen);
      changed();
      choose(id);
      say(words("added"));
      form.elements.indicator.focus();
    },
    duplicate() {
      const id = draft.add(draft.panel(chosen).data, chosen);
      changed();
      choose(id);
      say(words("added"));
    },
    remove() {
      const at = draft.at(chosen);
      draft.remove(chosen);
      const next = draft.panels()[Math.min(at, draft.panels().length - 1)];
      changed();
      choose(next ? next.id : null);
      say(words("removed"));
    },
    undo() {
      draft.undo();
      if (!draft.panel(chosen)) chosen = null;
      changed();
      show();
      say(words("undone"));
    },
    earlier: () => move(chosen, draft.at(chosen) - 1),
    later: () => move(chosen, draft.at(chosen) + 1),
  };

  const arrows = {
    ArrowLeft: [(id) => draft.at(id) - 1, -1, 0],
    ArrowRight: [(id) => draft.at(id) + 1, 1, 0],
    ArrowUp: [(id) => beyond(id, false), 0, -1],
    ArrowDown: [(id) => beyond(id, true), 0, 1],
  };

  grid.addEventListener("keydown", function (event) {
    const id = Number(event.target.dataset.id);
    if (!id || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in arrows) {
      const [to, wider, higher] = arrows[event.key];
      const [wide, high] = draft.span(draft.panel(id));
      if (event.shiftKey) resize(id, wide + wider, high + higher);
      else move(id, to(id));
    } else if (event.key === "Delete") does.remove();
    else if (event.key === "Enter") form.elements.kind.focus();
    else return;
    event.preventDefault();
  });
  grid.addEventListener("focusin", function (event) {
    const id = Number(event.target.dataset.id);
    if (id && id !== chosen) choose(id, false);
  });
  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-does]");
    if (button) does[button.dataset.does]();
  });
  document.addEventListener("keydown", function (event) {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    if (event.key === "s") save();
    else if (event.key === "z" && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) does.undo();
    else return;
    event.preventDefault();
  });
  bar.addEventListener("input", function (event) {
    draft.rename(event.target.name.split(".")[1], event.target.value);
    changed();
  });

  // ---- Pointer: a panel goes where it is dragged, its corner takes it to another size; Escape takes it back.
  grid.addEventListener("pointerdown", function (event) {
    const cell = event.target.closest(".ioc-cell");
    if (!cell || event.button !== 0) return;
    choose(Number(cell.dataset.id));
    const box = cell.getBoundingClientRect();
    const [wide, high] = draft.span(draft.panel(chosen));
    const sizing = event.target.classList.contains("ioc-handle");
    drag = { id: chosen, x: event.clientX, y: event.clientY, sizing, wide, high, column: grid.getBoundingClientRect().width / 12, row: box.height / high, on: false, last: "", before: draft.mark() };
    grid.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  grid.addEventListener("pointermove", function (event) {
    if (!drag) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.on && Math.hypot(dx, dy) < NEAR) return;
    drag.on = true;
    cellOf(drag.id).classList.add("ioc-dragged");
    if (drag.sizing) return void resize(drag.id, drag.wide + Math.round(dx / drag.column), drag.high + Math.round(dy / drag.row));
    const over = document.elementsFromPoint(event.clientX, event.clientY).map((each) => each.closest(".ioc-cell")).find((each) => each && grid.contains(each));
    if (!over || Number(over.dataset.id) === drag.id) return void (drag.last = over ? "" : drag.last);
    const box = over.getBoundingClientRect();
    const after = event.clientX > box.left + box.width / 2;
    const key = `${over.dataset.id} ${after}`;
    if (key === drag.last) return; // panels of other sizes must not change places to and fro under a still pointer
    drag.last = key;
    const [from, at] = [draft.at(drag.id), draft.at(Number(over.dataset.id))];
    move(drag.id, at + (after ? 1 : 0) - (from < at ? 1 : 0));
  });

  function drop() {
    if (!drag) return;
    const cell = cellOf(drag.id);
    if (cell) cell.classList.remove("ioc-dragged");
    const moved = drag.on;
    drag = null;
    draft.rest();
    if (moved) changed();
  }

  grid.addEventListener("pointerup", drop);
  grid.addEventListener("pointercancel", drop);
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || !drag) return;
    const { before, id } = drag;
    drop();
    if (draft.mark() === before) return;
    draft.backTo(before);
    changed();
    show();
    say(words("undone"));
    cellOf(id).focus({ preventScroll: true });
    event.preventDefault();
  });

  // ---- Saving. What somebody else has saved meanwhile is never overwritten unasked.
  function save() {
    if (saving) return saving; // a second click, or keys held down
    const sent = draft.said();
    say(words("saving"));
    saving = post("", { screen: draft.plain(), based_on: revision })
      .then((found) => answered(found, sent), () => say(words("failed")))
      .finally(() => (saving = null));
    return saving;
  }

  function answered(found, sent) {
    say([found.title, found.detail].filter(Boolean).join(" "));
    if (found.status === 200) {
      revision = found.revision;
      if (sent) draft.markSaved(sent);
      if (draft.isDirty()) say(words("unsaved")); // what has been changed since it was sent
      notice.hidden = true;
      delete notice.dataset.overtaken;
      document.getElementById("editor-past").innerHTML = found.past;
    } else if (found.overtaken) overtaken();
    else if (found.faults) {
      faults = found.faults;
      const first = faults.find((fault) => fault.panel !== null);
      if (first) choose(draft.panels()[first.panel].id);
      draw();
      tell();
    }
    return found.status;
  }

  function overtaken() {
    if (notice.dataset.overtaken) return;
    notice.dataset.overtaken = "yes";
    const text = Object.assign(document.createElement("p"), { textContent: words("overtaken") });
    const leave = Object.assign(document.createElement("button"), { type: "button", className: "ioc-choice", textContent: words("leave") });
    const keep = Object.assign(document.createElement("button"), { type: "button", className: "ioc-choice", textContent: words("kept") });
    leave.addEventListener("click", again);
    keep.addEventListener("click", () =>
      post("/preview", { screen: draft.plain() })
        .then(function (found) {
          if (found.status !== 200) return answered(found);
          revision = found.revision;
          delete notice.dataset.overtaken;
          return save();
        })
        .catch(() => say(words("failed")))
    );
    notice.replaceChildren(text, leave, keep);
    notice.hidden = false;
  }

  function again() {
    goes = true;
    location.reload();
  }

  bar.addEventListener("submit", function (event) {
    event.preventDefault();
    save();
  });
  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-back]");
    if (!button) return;
    if (!button.dataset.sure) {
      button.dataset.sure = button.textContent;
      button.textContent = words("sure");
      setTimeout(() => ((button.textContent = button.dataset.sure), delete button.dataset.sure), 4000);
      return;
    }
    post(`/${button.dataset.back}`, { number: Number(button.dataset.number), based_on: revision }).then(
      (found) => (found.status === 200 ? again() : answered(found)),
      () => say(words("failed"))
    );
  });
  addEventListener("beforeunload", function (event) {
    if (draft.isDirty() && !goes) event.preventDefault();
  });

  for (const language of ["vi", "en"]) bar.elements[`label.${language}`].value = draft.label()[language] || "";
  new ResizeObserver(fit).observe(canvas);
  fit();
  draw();
  preview();
})();
