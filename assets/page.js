// Links within a page change its address and let the page follow; the title, language and colours of the window follow the page.
(function () {
  "use strict";

  function page() {
    return document.querySelector("#react-entry-point .ioc");
  }

  function stays(link, event) {
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    return plain && link.origin === location.origin && link.pathname === location.pathname && !link.hash && !link.target && page();
  }

  document.addEventListener("click", function (event) {
    const link = event.target.closest && event.target.closest("a[href]");
    if (!link || event.defaultPrevented || !stays(link, event)) return;
    event.preventDefault();
    history.pushState({}, "", link.href);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  });

  // The page that is alive takes the place of the still one: whoever has begun to type in it goes on there.
  function exchange(first) {
    const field = first.contains(document.activeElement) ? document.activeElement : null;
    first.remove();
    const same = field && field.id && document.getElementById(field.id);
    if (!same) return;
    same.focus();
    if (same.value === field.value) return;
    same.value = field.value;
    same.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function follow() {
    const here = page();
    if (!here) return;
    const first = document.getElementById("ioc-first");
    if (first) exchange(first);
    const root = document.documentElement;
    if (document.title !== here.dataset.title) document.title = here.dataset.title;
    if (root.lang !== here.lang) root.lang = here.lang;
    if (root.dataset.scheme !== here.dataset.scheme) root.dataset.scheme = here.dataset.scheme;
  }

  function same(one, other) {
    return one === other || (typeof one === "object" && typeof other === "object" && JSON.stringify(one) === JSON.stringify(other));
  }

  // Only what differs is changed: each change of a component has Dash look through the whole page.
  function change(parts) {
    parts.forEach(function ([id, props]) {
      const stands = (window.dash_component_api.getLayout(id) || {}).props;
      if (stands && Object.keys(props).every((name) => same(stands[name], props[name]))) return;
      if (id === "ioc-later-ask") busy(true);
      window.dash_clientside.set_props(id, props);
    });
  }

  // What comes later stands until its next state has come, and is marked as not being it.
  function busy(is) {
    const later = document.getElementById("ioc-later");
    if (later) later.setAttribute("aria-busy", is);
  }

  function changeLater(parts) {
    busy(false);
    change(parts);
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { ioc: { change: change, changeLater: changeLater } });

  new MutationObserver(follow).observe(document.getElementById("react-entry-point"), {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["data-title", "data-scheme", "lang"],
  });
})();
