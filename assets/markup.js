// Draws layouts/markup.py: HTML as one component. New HTML changes only what differs, so that focus and scrolling stay where they are.
(function () {
  "use strict";

  const how = {
    morphStyle: "innerHTML",
    callbacks: {
      // What somebody has unfolded stays unfolded; what somebody is typing stays typed.
      beforeAttributeUpdated: function (name, node) {
        return !(name === "open" && node.tagName === "DETAILS") && !(name === "value" && node === document.activeElement);
      },
    },
  };

  // Of words, Idiomorph would make a document of its own each time, which costs more and is never quite let go of.
  function read(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    return fresh.content;
  }

  function Markup(props) {
    const own = React.useRef(null);
    React.useLayoutEffect(
      function () {
        const node = own.current;
        if (node.shown === undefined) node.innerHTML = props.html;
        else if (node.shown !== props.html) Idiomorph.morph(node, read(props.html), how);
        node.shown = props.html;
      },
      [props.html]
    );
    return React.createElement(props.tag, { ref: own, id: props.id, className: props.className });
  }

  window.ioc_layouts = { Markup: Markup };
})();
