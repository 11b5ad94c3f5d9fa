// Keys that work on every page: “/” searches, “?” tells the keys, on the spot. What is typed is looked for as it is typed.
(function () {
  "use strict";

  const PAUSE_MS = 180;
  let waiting = null;

  function typing(event) {
    return event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, [contenteditable]");
  }

  document.addEventListener("keydown", function (event) {
    if ((event.key !== "/" && event.key !== "?") || typing(event)) return;
    event.preventDefault();
    const keys = document.querySelector("#react-entry-point #ioc-keys");
    if (event.key === "?") return keys && keys.togglePopover();
    const field = document.querySelector("#react-entry-point #ioc-search");
    if (field) return field.select();
    const link = document.querySelector("#react-entry-point .ioc-find");
    if (link) link.click();
  });

  document.addEventListener("input", function (event) {
    const field = event.target;
    if (field.id !== "ioc-search") return;
    clearTimeout(waiting);
    waiting = setTimeout(function () {
      const address = new URL(location.href);
      address.searchParams.set("q", field.value);
      history.replaceState({}, "", address);
      window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    }, PAUSE_MS);
  });

  window.addEventListener("load", function () {
    const field = document.querySelector("#react-entry-point #ioc-search, #ioc-first #ioc-search");
    if (field) field.focus();
  });
})();
