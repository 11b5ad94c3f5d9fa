// Keeps a page true while it is looked at: asks for the page again when the data have changed, and says when the server is gone.
// What a page shows is decided by the server; nothing here computes a number.
(function () {
  "use strict";

  const QUIET_MS = 1000; // a page is asked for at most once in this time
  const LOST_MS = 8000; // silence after which the connection counts as lost
  const POLL_MS = 5000;
  const HEARTBEAT_MS = 15000; // the server says something at least this often

  let shown = null; // data version on screen
  let wanted = null; // newest data version known
  let lastAsked = 0;
  let lastHeard = Date.now();
  let asking = null;
  const mark = document.querySelector("script[data-plotly]");

  function page() {
    return document.querySelector(".ioc[data-version]");
  }

  function ask() {
    asking = null;
    if (wanted === null || wanted === shown || document.hidden || !page()) return;
    lastAsked = Date.now();
    shown = wanted;
    window.dash_clientside.set_props("ioc-version", { data: wanted });
  }

  function heard(version) {
    lastHeard = Date.now();
    lost(false);
    if (version === null) return;
    const first = page();
    if (shown === null && first) shown = Number(first.dataset.version);
    wanted = version;
    if (asking === null) asking = setTimeout(ask, Math.max(0, QUIET_MS - (Date.now() - lastAsked)));
  }

  function lost(is) {
    const strip = document.getElementById("ioc-lost");
    if (strip) strip.hidden = !is;
    document.documentElement.classList.toggle("ioc-is-lost", is);
  }

  function poll() {
    return fetch("/api/v1/version", { cache: "no-store" })
      .then(function (answer) {
        return answer.ok ? answer.json() : Promise.reject(answer.status);
      })
      .then(function (body) {
        heard(body.version);
      });
  }

  function listen() {
    const source = new EventSource("/live");
    source.onopen = function () {
      poll().catch(function () {}); // what changed while nobody listened
    };
    source.onmessage = function (event) {
      heard(JSON.parse(event.data).version);
    };
    source.onerror = function () {
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, POLL_MS);
    };
    return source;
  }

  function watch() {
    // Heartbeats are comments, which EventSource does not show; a short question tells whether the server is there.
    if (Date.now() - lastHeard < POLL_MS) return;
    poll().catch(function () {
      if (Date.now() - lastHeard > LOST_MS) lost(true);
    });
  }

  // The title, language and colours of the window follow the page.
  function follow() {
    if (mark) window._dashPlotlyJSURL = mark.dataset.plotly; // Dash names the whole library here once it has started
    const here = page();
    if (!here) return;
    if (here.dataset.title && document.title !== here.dataset.title) document.title = here.dataset.title;
    document.documentElement.lang = here.lang;
    document.documentElement.dataset.scheme = here.classList.contains("ioc-light") ? "light" : "dark";
  }

  // Where the page itself has no chart, the chart library is fetched when there is time, for the pages that do.
  function fetchCharts() {
    if (!mark || window.Plotly || mark.type !== "text/plain") return;
    const script = document.createElement("script");
    script.src = mark.dataset.plotly;
    script.async = true;
    document.head.appendChild(script);
  }

  new MutationObserver(follow).observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("visibilitychange", ask);
  window.addEventListener("load", function () {
    listen();
    setInterval(watch, POLL_MS / 2);
    (window.requestIdleCallback || setTimeout)(fetchCharts, { timeout: 4000 });
  });
})();
