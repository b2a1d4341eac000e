// The toolkit's own words in the page's language. What is not in the map stays as it is.
(function (data) {
  const PLACE = Symbol.for("seatrial.toolkit-words");
  const SAID_OF = ["aria-label", "title", "placeholder", "alt"];
  const NAMED = SAID_OF.map((name) => `[${name}]`).join();
  const ENGLISH = '[class*="st-key-in-english"]';
  // What people wrote, and what a program printed, is not the toolkit's.
  const NOT_ITS = "pre, code, textarea, .stHtml";

  function begin({ language, whole, patterns }) {
    document.documentElement.lang = language;
    const rules = patterns.map(([from, to]) => [new RegExp(from, "s"), to]);
    const texts = new WeakMap();
    const names = new WeakMap();

    function translated(said) {
      const bare = said.trim();
      if (Object.hasOwn(whole, bare)) return whole[bare];
      if (bare.length > 300 || !/[a-z]{3}/.test(bare)) return null;
      for (const [from, to] of rules) if (from.test(bare)) return bare.replace(from, to);
      return null;
    }
    function sayText(node) {
      const ours = translated(node.data);
      if (ours === null || ours === node.data) return;
      if (!node.parentElement || node.parentElement.closest(NOT_ITS)) return;
      texts.set(node, [node.data, ours]);
      node.data = ours;
    }
    function sayName(element, name) {
      const said = element.getAttribute(name);
      const ours = said && translated(said);
      if (!ours || ours === said) return;
      names.set(element, { ...names.get(element), [name]: [said, ours] });
      element.setAttribute(name, ours);
    }
    function walk(root, onText, onName) {
      if (root.nodeType === Node.TEXT_NODE) return onText(root);
      if (root.nodeType !== Node.ELEMENT_NODE) return;
      const nodes = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      while (nodes.nextNode()) onText(nodes.currentNode);
      for (const element of [root, ...root.querySelectorAll(NAMED)])
        for (const name of SAID_OF) if (element.hasAttribute(name)) onName(element, name);
    }
    const say = (root) => {
      walk(root, sayText, sayName);
      // What is English in every language is pronounced so.
      if (root.nodeType === Node.ELEMENT_NODE)
        for (const part of root.querySelectorAll(ENGLISH)) part.lang = "en";
    };

    // Called before the browser paints, so the English is never seen.
    const observer = new MutationObserver((changes) => {
      for (const { type, target, addedNodes, attributeName } of changes) {
        if (type === "childList") addedNodes.forEach(say);
        else if (type === "characterData") sayText(target);
        else sayName(target, attributeName);
      }
    });
    if (Object.keys(whole).length) {
      say(document.body);
      observer.observe(document.body, {
        childList: true, subtree: true, characterData: true,
        attributes: true, attributeFilter: SAID_OF,
      });
    }
    const putBack = (root) => walk(
      root,
      (node) => {
        const [theirs, ours] = texts.get(node) || [];
        if (ours !== undefined && node.data === ours) node.data = theirs;
      },
      (element, name) => {
        const [theirs, ours] = (names.get(element) || {})[name] || [];
        if (ours !== undefined && element.getAttribute(name) === ours)
          element.setAttribute(name, theirs);
      }
    );
    return { language, stop: () => { observer.disconnect(); putBack(document.body); } };
  }

  // A page that is drawn again says them already, and one in another language takes them back.
  const before = window[PLACE];
  if (before && before.language === data.language) return;
  if (before) before.stop();
  window[PLACE] = begin(data);
})
