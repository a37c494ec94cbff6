// What the tests ask of a page while it is loaded and once it is there.
window.looking = {
  shifted: 0,
  violated: [],

  // What makes the page scroll sideways; boxes that scroll by themselves may.
  tooWide() {
    const wide = document.documentElement.clientWidth;
    const more = document.scrollingElement.scrollWidth - wide;
    if (more <= 0) return [];
    const scrolls = (one) => {
      for (let above = one.parentElement; above; above = above.parentElement) {
        if (getComputedStyle(above).overflowX !== "visible") return true;
      }
      return false;
    };
    const guilty = Array.from(document.body.querySelectorAll("*"))
      .filter((one) => one.getBoundingClientRect().right > wide + 1 && !scrolls(one));
    return [`${more} px: ${guilty.slice(0, 3).map((one) => `${one.tagName}.${one.className}`).join(", ")}`];
  },

  // Links inside running text are as high as the text; whatever is to be touched otherwise is as large as a finger.
  tooSmall(least) {
    const inText = (one) => {
      const box = one.closest("p, li, dd, td, figcaption");
      if (one.tagName !== "A" || !box || getComputedStyle(one).display !== "inline") return false;
      return box.textContent.trim().length > one.textContent.trim().length;
    };
    const touched = (one) => {
      const label = ["checkbox", "radio"].includes(one.type) ? one.closest("label") : null;
      const over = getComputedStyle(one, "::after");
      let host = label || one;
      if (over.position === "absolute" && over.content !== "none") {
        for (host = one; host && getComputedStyle(host).position === "static";) host = host.parentElement;
      }
      return (host || one).getBoundingClientRect();
    };
    const found = [];
    for (const one of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
      if (!one.checkVisibility({ checkVisibilityCSS: true }) || one.closest(".sr, .skip")) continue;
      const box = touched(one);
      if (!box.width || inText(one) || (box.width >= least - 0.5 && box.height >= least - 0.5)) continue;
      const name = (one.textContent.trim() || one.getAttribute("aria-label") || one.name || "").slice(0, 20);
      found.push(`${one.tagName.toLowerCase()}.${one.className} “${name}” ${Math.round(box.width)}x${Math.round(box.height)}`);
    }
    return found;
  },

  // Whether somebody at the keyboard sees where they are.
  focusIsSeen() {
    const one = document.activeElement, box = one.getBoundingClientRect();
    const around = [one, one.nextElementSibling, one.parentElement].filter(Boolean);
    const isInside = box.width > 0 && box.top < innerHeight && box.bottom > 0;
    return isInside && around.some((each) => getComputedStyle(each).outlineStyle !== "none");
  },

  async axe() {
    const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const found = await axe.run(document, { runOnly, resultTypes: ["violations"] });
    const why = (node) => node.any.concat(node.all, node.none).map((one) => one.message).slice(0, 1).join("");
    return found.violations.map((one) =>
      `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.target.join(" ")} (${why(node)})`).join("; ")}`);
  },
};

new PerformanceObserver((list) => {
  list.getEntries().forEach((one) => { if (!one.hadRecentInput) looking.shifted += one.value; });
}).observe({ type: "layout-shift", buffered: true });

document.addEventListener("securitypolicyviolation", (event) => {
  looking.violated.push(`${event.violatedDirective} ${event.blockedURI}`);
});
