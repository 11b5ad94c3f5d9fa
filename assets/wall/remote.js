// Keeps the list of walls as it is now, without touching what somebody is filling in.
(function () {
  "use strict";

  const EVERY_MS = 5000;
  const AFTER_MS = 600; // by then walls have done what they were told

  function again() {
    fetch(location.href, { cache: "no-store", headers: { "X-IOC-By-Itself": "1" } })
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
      .then(function (text) {
        const found = new DOMParser().parseFromString(text, "text/html").querySelector(".ioc-walls");
        const here = document.querySelector(".ioc-walls");
        if (found && here) Idiomorph.morph(here, found, { ignoreActiveValue: true, callbacks: { beforeAttributeUpdated: kept, beforeNodeMorphed: whole } });
      })
      .catch(() => {}); // the next time
  }

  // What somebody has unfolded or chosen stays.
  function kept(name, node) {
    return !(name === "open" || ((name === "value" || name === "selected") && node.closest("form")));
  }

  function whole(old) {
    return !(old.matches && old.matches("select") && old.closest("form:focus-within"));
  }

  document.addEventListener("ioc-done", () => setTimeout(again, AFTER_MS));
  setInterval(() => document.hidden || again(), EVERY_MS);
})();
