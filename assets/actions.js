// Sends what a button of a page asks for, says what came of it, and asks for the page again.
(function () {
  "use strict";

  function told(text) {
    document.querySelectorAll(".ioc-told").forEach((each) => (each.textContent = text));
  }

  function sentence(body, form) {
    return [body.title, body.detail].filter(Boolean).join(" ") || form.dataset.done;
  }

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (!form.matches || !form.matches(".ioc-action")) return;
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) })
      .then((answer) => answer.json())
      .then((body) => told(sentence(body, form)))
      .catch(() => told(form.dataset.failed))
      .finally(function () {
        button.disabled = false;
        const unfolded = form.closest("details");
        if (unfolded) unfolded.open = false;
        document.dispatchEvent(new Event("ioc-done"));
      });
  });
})();
