// Keeps a page true while it is looked at: asks for the page again when the data have changed, says when the server is gone,
// and lets the age of data grow. What a page shows is decided by the server; nothing here computes a number.
(function () {
  "use strict";

  const QUIET_MS = 1000; // a page is asked for at most once in this time
  const LOST_MS = 7000; // silence after which the connection counts as lost
  const CHECK_MS = 2500;
  const ANSWER_MS = 4000; // longer than this no answer is waited for
  const AGE_MS = 15000;
  const RESTLESS_MS = 5000; // a page whose content changes without new data is asked for again this often

  let shown = null; // data version on screen
  let wanted = null; // newest data version known
  let lastAsked = 0;
  let lastHeard = performance.now();
  let waiting = null;

  function page() {
    return document.querySelector("#react-entry-point .ioc");
  }

  function ask() {
    waiting = null;
    const here = page();
    if (wanted === null || wanted === shown || document.hidden || !here || here.dataset.pinned) return;
    lastAsked = performance.now();
    shown = wanted;
    window.dash_clientside.set_props("ioc-version", { data: wanted });
  }

  // The page again, whatever the data version.
  function refresh() {
    const here = page();
    if (document.hidden || !here || !here.dataset.restless || here.dataset.pinned) return;
    window.dash_clientside.set_props("ioc-version", { data: `${shown} ${performance.now()}` });
  }

  // An administrator has arranged screens anew: a page that shows one is asked for again, though no number is another.
  function rearranged(event) {
    const isOne = location.pathname.startsWith("/screens") && JSON.parse(event.data).action === "screens";
    if (isOne && page() && !page().dataset.pinned) window.dash_clientside.set_props("ioc-version", { data: `${shown} ${performance.now()}` });
  }

  function heard(version) {
    lastHeard = performance.now();
    lost(false);
    signedOut(false);
    const here = page();
    if (shown === null && here) shown = here.dataset.version ? Number(here.dataset.version) : version; // a page without data needs none
    wanted = version;
    if (waiting === null) waiting = setTimeout(ask, Math.max(0, QUIET_MS - (performance.now() - lastAsked)));
  }

  function lost(is) {
    document.querySelectorAll(".ioc-lost").forEach((strip) => strip.hidden === is && (strip.hidden = !is));
    document.documentElement.classList.toggle("ioc-is-lost", is);
  }

  // Whoever has been signed out, here or elsewhere, is told so, and where to sign in again; the numbers shown stay.
  function signedOut(is) {
    document.querySelectorAll(".ioc-out").forEach(function (strip) {
      if (strip.hidden === is) strip.hidden = !is;
      const way = strip.querySelector("a");
      if (!is || !way) return;
      const address = new URL(way.href);
      address.searchParams.set("next", location.pathname + location.search);
      way.href = address.href;
    });
    if (is) lost(false);
    document.documentElement.classList.toggle("ioc-is-out", is);
  }

  function poll() {
    return fetch("/api/v1/version", { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .then((body) => heard(body.version));
  }

  function listen() {
    const source = new EventSource("/live");
    source.onopen = () => poll().catch(() => {}); // what changed while nobody listened
    source.addEventListener("control", rearranged);
    source.onmessage = (event) => heard(JSON.parse(event.data).version);
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, CHECK_MS * (1 + Math.random()));
    };
  }

  // The stream's heartbeats are comments, which browsers do not show; a short question tells whether the server is there.
  function watch() {
    if (performance.now() - lastHeard < 2 * CHECK_MS) return;
    poll().catch((status) => {
      if (status === 401) signedOut(true);
      else if (performance.now() - lastHeard > LOST_MS) lost(true);
    });
  }

  // Ages grow from what the server's clock said when it drew the page, by the time that has passed since.
  let drawn = { now: null, at: 0 };
  function grow() {
    const here = page();
    if (!here) return;
    if (drawn.now !== here.dataset.now) drawn = { now: here.dataset.now, at: performance.now() };
    const now = Number(drawn.now) + (here.dataset.pinned ? 0 : (performance.now() - drawn.at) / 1000);
    const words = JSON.parse(here.dataset.ages);
    here.querySelectorAll("time[data-at]").forEach(function (each) {
      const minutes = Math.floor((now - Number(each.dataset.at)) / 60);
      const text = minutes < 1 ? words.now : minutes < 60 ? words.minutes.replace("{n}", minutes) : words.hours.replace("{n}", Math.floor(minutes / 60));
      if (minutes < 24 * 60 && each.textContent !== text) each.textContent = text;
      if (minutes >= 24 * 60 && each.textContent !== each.dataset.day) each.textContent = each.dataset.day;
    });
  }

  document.addEventListener("visibilitychange", ask);
  document.addEventListener("visibilitychange", refresh);
  document.addEventListener("ioc-done", refresh);
  window.addEventListener("load", function () {
    listen();
    setInterval(watch, CHECK_MS);
    setInterval(grow, AGE_MS);
    setInterval(refresh, RESTLESS_MS);
  });
})();
