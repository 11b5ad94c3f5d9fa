// Keeps a wall true for weeks: turns screens, asks again for what has changed, says when the server is gone. What is shown is decided
// by the server; nothing here computes a number. The moment is the server's too: the browser only lets it go on.
(function () {
  "use strict";

  const QUIET_MS = 50; // changed panels are asked for at most once in this time; the server answers the same less often still
  const WHOLE_MS = 30000; // all panels are asked for again this often: ages and days go on without new data
  const LOST_MS = 7000; // silence after which the connection counts as lost
  const CHECK_MS = 2500; // so long is nothing heard before the server is asked whether it is there; once it is lost, each second
  const ANSWER_MS = 5000; // longer than this no answer is waited for
  const SETTLED_MS = 1000; // so far inside its turn a chosen screen begins: setting the clock right never throws it back to the one before
  const ROLL_MS = 700;
  const CALM_MS = 3000; // a number that has changed within this time is set at once: rolling on and on, nobody could read it
  const DRIFT_MS = 20000; // a pixel at a time, against burning in
  const DRIFT = 4; // pixels to each side
  const RELOAD_MS = 20000; // at most this long a page of another build waits for a quiet moment
  const SAID_MS = 15000;
  const BY_ITSELF = { "X-IOC-By-Itself": "1" }; // asked for by no person
  const TELL_MS = 30000; // at least this often the server is told that this wall lives, and what it shows

  const wall = document.querySelector(".ioc-wall");
  const root = document.documentElement;
  const stage = wall.querySelector(".ioc-stage");
  const room = wall.querySelector(".ioc-panes");
  const foot = wall.querySelector(".ioc-wall-foot");
  const turns = JSON.parse(wall.dataset.turns);
  const night = JSON.parse(wall.dataset.night);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const base = `/wall/${encodeURIComponent(wall.dataset.playlist)}`;
  const kept = new Map(); // the last HTML of every screen of the playlist
  const wanted = new Map(); // by screen, the panels that have changed since they were asked for

  let clock = { server: Number(wall.dataset.now) * 1000, here: performance.now() };
  let lastHeard = performance.now();
  let lastTold = 0;
  let isLost = false;
  let retry = null;
  const failed = new Set(); // the screens that the server could not draw when they were last asked for
  let asking = null;
  let lastAsked = 0;
  let told = null; // the data version that what is wanted was told with; null when the newest is wanted, whatever it is
  let groups = [];
  let shown = ""; // the names of the screens on show
  let newest = 0; // the newest data version that was told of
  let build = null; // another build than this page's, once the server has told of one
  let going = null; // the address that this page is about to be left for
  let isRefused = false; // this device may not show walls

  // ---- The address keeps what somebody has chosen, so that it survives a reload: how far the rotation is shifted, where it is held.
  const address = new URL(location.href);
  let shift = Number(address.searchParams.get("shift")) || 0;
  let hold = address.searchParams.get("hold");

  function remember() {
    for (const [name, value] of [["shift", Math.round(shift) || ""], ["hold", hold === null ? "" : hold]]) {
      if (value === "") address.searchParams.delete(name);
      else address.searchParams.set(name, value);
    }
    history.replaceState({}, "", address);
  }

  function query(more) {
    const parts = new URLSearchParams(more);
    for (const name of ["lang", "theme"]) if (address.searchParams.get(name)) parts.set(name, address.searchParams.get(name));
    return parts.size ? `?${parts}` : "";
  }

  function now() {
    return clock.server + (performance.now() - clock.here);
  }

  // ---- Which screens are on show: as many side by side as the canvas has room for, a group of them in turn.
  function grouped() {
    const wide = innerWidth * (Number(getComputedStyle(wall).getPropertyValue("--gx")) || 1);
    const deep = innerHeight * (Number(getComputedStyle(wall).getPropertyValue("--gy")) || 1);
    const panes = Math.min(Math.max(Math.round(wide / deep / (16 / 9)), 1), 4, Math.max(turns.length, 1));
    root.style.setProperty("--panes", panes);
    root.style.setProperty("--gx", getComputedStyle(wall).getPropertyValue("--gx"));
    root.style.setProperty("--gy", getComputedStyle(wall).getPropertyValue("--gy"));
    groups = [];
    for (let first = 0; first < turns.length; first += panes) {
      const group = [];
      for (let each = 0; each < panes; each++) group.push(turns[(first + each) % turns.length]);
      groups.push({ screens: group.map((turn) => turn.screen), ms: 1000 * Math.max(...group.map((turn) => turn.seconds)) });
    }
  }

  function round() {
    return groups.reduce((sum, group) => sum + group.ms, 0);
  }

  function place() {
    if (hold !== null) {
      const at = groups.findIndex((group) => group.screens.includes(hold));
      if (at >= 0) return at;
    }
    let rest = (((now() + shift) % round()) + round()) % round();
    return Math.max(groups.findIndex((group) => (rest -= group.ms) < 0), 0);
  }

  function jump(to) {
    const at = (to + groups.length) % groups.length;
    const before = groups.slice(0, at).reduce((sum, group) => sum + group.ms, Math.min(SETTLED_MS, groups[at].ms / 2));
    shift = (((before - now()) % round()) + round()) % round();
    if (hold !== null) hold = groups[at].screens[0];
    remember();
    turn();
  }

  function pause() {
    if (hold === null) hold = groups[place()].screens[0];
    else {
      const at = place();
      hold = null;
      jump(at);
    }
    remember();
    mark();
  }

  function mark() {
    const names = groups.length ? groups[place()].screens : [];
    foot.querySelectorAll(".ioc-wall-turns li").forEach((each) => each.classList.toggle("ioc-shown", names.includes(each.dataset.screen)));
    foot.querySelector(".ioc-wall-paused").hidden = !names.includes(hold); // a screen that has left the playlist holds nothing
  }

  // ---- Showing a group: fetched before it is shown, so that nothing is ever half there; without the server, as it last was.
  function turn() {
    if (!groups.length) return;
    const names = groups[place()].screens;
    const key = names.join(" ");
    mark();
    if (key === shown) return;
    if (build && going === null) return anew();
    shown = key;
    lost(isLost);
    Promise.all(names.map(fetched)).then(function (found) {
      if (shown !== key) return;
      const old = [...room.children];
      settle(room);
      old.forEach((each) => kept.set(each.dataset.screen, each.outerHTML)); // as it was last seen
      found.forEach((html) => room.insertAdjacentHTML("beforeend", html));
      old.forEach((each) => each.remove());
      grow();
      if ([...room.children].some((each) => Number(each.dataset.version) < newest)) changed(null); // told of while this was fetched
      lastTold = Math.min(lastTold, performance.now() - TELL_MS + 2 * CHECK_MS * Math.random()); // soon, but not all walls at once
    });
  }

  function fetched(screen) {
    return ask(screen, query(), kept.has(screen) ? CHECK_MS : ANSWER_MS)
      .then((body) => body.html)
      .catch(() => kept.get(screen) || here(screen));
  }

  // What stands on the wall of a screen that was never fetched: the pane that came with the page.
  function here(screen) {
    const pane = [...room.children].find((each) => each.dataset.screen === screen) || room.firstElementChild;
    return pane ? pane.outerHTML : "";
  }

  function ask(screen, rest, patience = ANSWER_MS, version = null) {
    const headers = version === null ? {} : { "X-IOC-Heard": version };
    const question = fetch(`${base}/${encodeURIComponent(screen)}${rest}`, { headers, cache: "no-store", signal: AbortSignal.timeout(patience) });
    const answered = question.then(function (answer) {
      return answer.json().then(function (body) {
        if (answer.status === 401) refused(body.html);
        heard(body, Number(answer.headers.get("X-IOC-Now")));
        if (answer.status >= 500) throw new Error(String(answer.status));
        failing(screen, false);
        if (answer.ok && body.html) kept.set(screen, body.html);
        return body;
      });
    });
    return answered.catch(function (error) {
      failing(screen, true);
      throw error;
    });
  }

  // A screen that is not answered keeps its last numbers, says so, and is asked for again soon; of a lost server, once it is back.
  function failing(screen, is) {
    if (is && !isLost) {
      clearTimeout(retry);
      retry = setTimeout(whole, CHECK_MS);
    }
    if (is === failed.has(screen)) return;
    if (is) failed.add(screen);
    else failed.delete(screen);
    lost(isLost);
  }

  // This device's token has been revoked: nothing stays on show, and the page waits for another token. Without the sentence that
  // says so it is asked for.
  function refused(html) {
    isRefused = true;
    lost(false);
    if (html === undefined) return whole();
    if (!turns.length) return;
    turns.length = groups.length = 0;
    kept.clear();
    wanted.clear();
    shown = "";
    room.innerHTML = html;
    later();
  }

  function heard(body, moment) {
    lastHeard = performance.now();
    if (moment) clock = { server: moment * 1000, here: performance.now() };
    if (body.said) foot.querySelector(".ioc-wall-version").textContent = body.said;
    if (body.build && body.build !== wall.dataset.build && build === null) {
      build = body.build;
      setTimeout(anew, RELOAD_MS * (0.5 + Math.random() / 2));
    }
    if (isLost) {
      lost(false);
      setTimeout(whole, 1500 * Math.random());
    }
  }

  // ---- Changes: only the panels that rest on what has changed ask again, together, and never faster than the eye follows.
  function changed(names, version = null) {
    told = wanted.size && told === null ? null : version;
    room.querySelectorAll(".ioc-pane").forEach(function (pane) {
      pane.querySelectorAll(".ioc-cell").forEach(function (cell) {
        const on = cell.dataset.on;
        if (names === null || on === "*" || on.split(" ").some((name) => names.has(name))) want(pane.dataset.screen, cell.id.split("-")[1]);
      });
    });
    if (wanted.size && asking === null) asking = setTimeout(fetchWanted, Math.max(0, QUIET_MS - (performance.now() - lastAsked)));
  }

  function want(screen, panel) {
    if (!wanted.has(screen)) wanted.set(screen, new Set());
    wanted.get(screen).add(panel);
  }

  function whole() {
    const panes = [...room.children];
    const missing = (screen) => !panes.some((pane) => pane.dataset.screen === screen && pane.querySelector(".ioc-cell"));
    if (turns.length && !isLost && shown.split(" ").some(missing)) again(); // a sentence, or another screen, stands in its place
    else changed(null);
  }

  function fetchWanted() {
    lastAsked = performance.now();
    const [all, version] = [[...wanted], told];
    wanted.clear();
    const questions = all.map(function ([screen, panels]) {
      const numbers = [...panels].sort((one, other) => one - other).join(",");
      return ask(screen, `/changes${query({ panels: numbers })}`, ANSWER_MS, version).then((body) => put(screen, body));
    });
    Promise.allSettled(questions).then(function () {
      asking = null;
      if (wanted.size) changed(new Set(), told);
    });
  }

  function put(screen, body) {
    const pane = [...room.children].find((each) => each.dataset.screen === screen);
    if (!pane) return;
    if (!body.panels) return again(); // it is there no more
    if (String(body.arranged) !== pane.dataset.arranged) return again();
    for (const [number, html] of Object.entries(body.panels)) {
      const cell = pane.querySelector(`#panel-${number}`);
      if (!cell || cell.last === html) continue;
      cell.last = html;
      settle(cell);
      const before = cell.querySelector(".ioc-digits");
      const text = before ? before.textContent : null;
      // Read into a template: of words, Idiomorph would make a document of its own each time, and Chromium never lets go of all of it.
      const fresh = document.createElement("template");
      fresh.innerHTML = html;
      Idiomorph.morph(cell, fresh.content, { morphStyle: "innerHTML" });
      const after = cell.querySelector(".ioc-digits");
      if (text === null || !after || after.textContent === text) continue;
      if (performance.now() - (cell.changed || -CALM_MS) >= CALM_MS) roll(after, text, after.textContent);
      cell.changed = performance.now();
    }
    pane.dataset.version = body.version;
    grow();
  }

  // A screen that has been arranged anew is shown as a whole, in place of what it was.
  function again() {
    shown = "";
    turn();
  }

  // A number goes to its new value quietly, and ends as the server wrote it: at once, when something else is to be done with it.
  const rolling = new Map(); // by number, what the server wrote
  function settle(within) {
    for (const [node, to] of rolling) {
      if (!within.contains(node)) continue;
      node.textContent = to;
      rolling.delete(node);
    }
  }

  function roll(node, from, to) {
    const [start, end] = [from, to].map(exact);
    if (still.matches || start === null || end === null) return;
    const places = (to.match(root.lang === "vi" ? /,(\d+)$/ : /\.(\d+)$/) || ["", ""])[1].length;
    const format = formatted(places);
    const began = performance.now();
    rolling.set(node, to);
    (function step(at) {
      const share = Math.min(Math.max((at - began) / ROLL_MS, 0), 1);
      if (rolling.get(node) !== to) return;
      if (share === 1 || !node.isConnected) return settle(node);
      node.textContent = format.format(start + (end - start) * (1 - (1 - share) ** 3)).replace("-", "−");
      requestAnimationFrame(step);
    })(began);
  }

  const formats = new Map(); // by decimal places; making one takes longer than all else here
  function formatted(places) {
    if (!formats.has(places)) formats.set(places, new Intl.NumberFormat(root.lang, { minimumFractionDigits: places, maximumFractionDigits: places }));
    return formats.get(places);
  }

  function exact(text) {
    const plain = root.lang === "vi" ? text.replace(/\./g, "").replace(",", ".") : text.replace(/,/g, "");
    const number = Number(plain.replace("−", "-"));
    return plain && Number.isFinite(number) ? number : null;
  }

  // ---- The connection
  function lost(is) {
    isLost = is;
    const old = is || shown.split(" ").some((screen) => failed.has(screen));
    foot.querySelector(".ioc-wall-lost").hidden = !old;
    root.classList.toggle("ioc-is-lost", old);
  }

  function listen() {
    const source = new EventSource(`/live?${new URLSearchParams(who())}`);
    source.addEventListener("control", (event) => control(JSON.parse(event.data)));
    source.onopen = function () {
      lastHeard = performance.now();
      check().catch(() => {}); // looked after by watch
    };
    source.onmessage = function (event) {
      lastHeard = performance.now();
      if (isLost) heard({});
      const news = JSON.parse(event.data);
      newest = news.version;
      changed(new Set(news.changed), news.version);
    };
    source.onerror = function () {
      if (source.readyState !== EventSource.CLOSED || isRefused) return;
      setTimeout(listen, CHECK_MS * (0.5 + Math.random()));
      whole(); // why it was closed for good is told there
    };
  }

  // ---- Who this wall is, and what it is told to do from /admin/screens
  function who() {
    const [name, room, cell] = ["name", "room", "cell"].map((each) => address.searchParams.get(each) || "");
    const key = ["ioc-wall", name, room, cell].join(" "); // one browser may show several walls
    let id = localStorage.getItem(key);
    if (!id) localStorage.setItem(key, (id = Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join("")));
    return { wall: id, name: `${name} ${cell}`.trim(), room, playlist: wall.dataset.playlist, build: wall.dataset.build };
  }

  function control(told) {
    if (told.action === "reload") setTimeout(anew, 1000 * Math.random());
    else if (told.action === "identify") say([who().name, who().room].filter(Boolean).join(" · ") || who().wall, SAID_MS);
    else if (told.action === "message") say(told.text, 4 * SAID_MS);
    else if (told.action === "emergency") urgent(told.text);
    else if (told.action === "screens") setTimeout(whole, 500 * Math.random());
    else if (told.action === "playlist") {
      for (const name of ["hold", "shift"]) address.searchParams.delete(name);
      anew(`${location.origin}/wall/${encodeURIComponent(told.text)}${address.search}`);
    }
  }

  // Leaves this page for another, or loads it anew, once the server answers with one: no script of ours lives on a browser's own page of an error.
  function anew(to = going || address.href) {
    const isUnderWay = going !== null;
    going = to;
    if (!isUnderWay) go();
  }

  function go() {
    fetch(going, { cache: "no-store", headers: BY_ITSELF, signal: AbortSignal.timeout(ANSWER_MS) })
      .then((answer) => answer.text())
      .then((text) => (text.includes("wall.js") ? location.replace(going) : Promise.reject(text)))
      .catch(() => setTimeout(go, CHECK_MS));
  }

  let silence = null;
  function say(text, ms) {
    const said = wall.querySelector(".ioc-wall-said");
    said.textContent = text;
    said.hidden = false;
    clearTimeout(silence);
    silence = setTimeout(() => (said.hidden = true), ms);
  }

  function urgent(text) {
    const note = wall.querySelector(".ioc-wall-urgent");
    note.hidden = !text;
    note.lastElementChild.textContent = text;
  }

  // The stream's heartbeats are comments, which browsers do not show; a short question tells whether the server is there.
  function check() {
    const said = new URLSearchParams({ wall: who().wall, playlist: wall.dataset.playlist, shown: shown.replaceAll(" ", ",") });
    return fetch(`/live/seen?${said}`, { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) })
      .then(function (answer) {
        if (answer.status === 401) refused();
        return answer.ok ? answer.json() : Promise.reject(answer.status);
      })
      .then(function (body) {
        lastTold = performance.now();
        heard({});
        const panes = [...room.querySelectorAll(".ioc-pane")];
        if (panes.some((pane) => Number(pane.dataset.version) !== body.version)) whole();
      });
  }

  let isAsking = false;
  function watch() {
    if (isRefused || (isLost && isAsking)) return; // it may be starting: one question at a time is enough for it
    if (performance.now() - lastHeard < 2 * CHECK_MS && performance.now() - lastTold < TELL_MS) return;
    isAsking = true;
    check()
      .catch(function () {
        if (!isRefused && performance.now() - lastHeard > LOST_MS) lost(true);
      })
      .finally(() => (isAsking = false));
  }

  // ---- Time
  const two = "2-digit";
  const moments = new Intl.DateTimeFormat("en-GB", { timeZone: wall.dataset.zone, day: two, month: two, year: "numeric", hour: two, minute: two, second: two });
  const ages = JSON.parse(wall.dataset.ages);
  const weekdays = JSON.parse(wall.dataset.weekdays); // from Sunday on

  function tick() {
    const [date, ...rest] = moments.format(now()).split(/, |:/);
    const [time, second] = [rest.slice(0, 2).join(":"), rest[2]];
    const [day, month, year] = date.split("/");
    const today = `${weekdays[new Date(Date.UTC(year, month - 1, day)).getUTCDay()]}, ${date}`;
    wall.querySelectorAll("[data-clock]").forEach(function (each) {
      const [text, said] = [each.firstChild, each.dataset.clock === "day" ? today : time];
      if (text && text.nodeValue !== said) text.nodeValue = said;
      if (each.dataset.clock === "seconds" && each.lastElementChild) each.lastElementChild.textContent = second;
    });
    dim(time);
    turn();
    if (isLost) watch();
  }

  function dim(time) {
    if (!night) return;
    const [from, to, brightness] = night;
    const dark = from <= to ? from <= time && time < to : time >= from || time < to;
    wall.style.setProperty("--night", dark ? 1 - brightness / 100 : 0);
  }

  function grow() {
    room.querySelectorAll("time[data-at]").forEach(function (each) {
      const minutes = Math.max(Math.floor((now() / 1000 - Number(each.dataset.at)) / 60), 0);
      const text =
        minutes < 1 ? ages.now : minutes < 60 ? ages.minutes.replace("{n}", minutes) : minutes < 24 * 60 ? ages.hours.replace("{n}", Math.floor(minutes / 60)) : each.dataset.day;
      if (each.textContent !== text) each.textContent = text;
    });
  }

  let step = 0;
  function drift() {
    if (wall.dataset.cell === "part") return; // the parts of one canvas must meet
    step = (step + 1) % (8 * DRIFT);
    const along = (at) => Math.abs(((at + 6 * DRIFT) % (8 * DRIFT)) - 4 * DRIFT) - 2 * DRIFT;
    const near = (value) => Math.min(Math.max(value, -DRIFT), DRIFT);
    stage.style.setProperty("--drift-x", `${near(along(step))}px`);
    stage.style.setProperty("--drift-y", `${near(along(step + 2 * DRIFT))}px`);
  }

  // ---- Keys, and those of remote controls
  const KEYS = {
    ArrowRight: 1, ArrowDown: 1, PageDown: 1, ChannelDown: 1, MediaTrackNext: 1,
    ArrowLeft: -1, ArrowUp: -1, PageUp: -1, ChannelUp: -1, MediaTrackPrevious: -1,
  };

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !groups.length) return;
    if (event.key in KEYS) jump(place() + KEYS[event.key]);
    else if ([" ", "Enter", "p", "MediaPlayPause", "MediaPause", "MediaPlay"].includes(event.key)) pause();
    else if (/^[1-9]$/.test(event.key) && turns.length >= Number(event.key)) {
      const name = turns[Number(event.key) - 1].screen;
      jump(groups.findIndex((group) => group.screens.includes(name)));
    } else if (event.key === "f" && document.fullscreenElement === null) root.requestFullscreen().catch(() => {});
    else return;
    event.preventDefault();
  });

  // A playlist that is not there, has no screen, or may not be shown, may be there later.
  function later() {
    setInterval(function () {
      fetch(location.href, { cache: "no-store", headers: BY_ITSELF, signal: AbortSignal.timeout(ANSWER_MS) })
        .then((answer) => answer.text().then((text) => text.includes("ioc-cell") && location.reload()))
        .catch(() => {});
    }, CHECK_MS * 4);
  }

  // ---- The screen stays awake; what the system takes back is asked for again
  let isAwake = false;
  function wake() {
    if (isAwake || !navigator.wakeLock || document.hidden) return;
    isAwake = true;
    const over = () => (isAwake = false);
    navigator.wakeLock.request("screen").then((lock) => lock.addEventListener("release", over), over);
  }

  function look() {
    wake();
    if (!document.hidden) check().catch(() => {});
  }

  if (!turns.length) later();
  grouped();
  shown = [...room.children].map((each) => each.dataset.screen).join(" ");
  turn();
  listen();
  wake();
  mark();
  tick();
  document.addEventListener("visibilitychange", look);
  addEventListener("resize", function () {
    grouped();
    turn();
  });
  setInterval(watch, CHECK_MS);
  setInterval(tick, 1000);
  setInterval(grow, 15000);
  setInterval(drift, DRIFT_MS);
  setInterval(wake, TELL_MS);
  setInterval(whole, WHOLE_MS * (0.9 + Math.random() / 5));
})();
