// The page's address has been answered whole: what Dash's renderer asks for first is in the page already.
(function () {
  "use strict";
  const kept = JSON.parse(document.getElementById("ioc-answers").textContent);
  const ask = window.fetch;

  window.fetch = function (address, options) {
    const name = String(address).split("/").pop();
    if (!(name in kept)) return ask.call(window, address, options);
    const body = JSON.stringify(kept[name]);
    delete kept[name];
    if (!Object.keys(kept).length) window.fetch = ask;
    return Promise.resolve(new Response(body, { headers: { "Content-Type": "application/json" } }));
  };
})();
