// A page that waits for something looks anew when it is told that there is something to see.
document.querySelectorAll("[data-live]").forEach((mark) => {
  if (!window.EventSource) return;
  const main = document.querySelector("main");
  let source = null;
  const isInUse = () => main.querySelector("[aria-busy=true]") || (main.contains(document.activeElement) && /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName));
  const look = async () => {
    if (isInUse()) return;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (!answer.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
      if (fresh && !isInUse()) main.replaceChildren(...fresh.childNodes);
    } catch (trouble) { /* what is shown stays */ }
  };
  const listen = () => {
    if (source || document.hidden) return;
    source = new EventSource(mark.dataset.live);
    source.addEventListener("changed", look);
    source.addEventListener("error", () => {
      if (!source || source.readyState !== EventSource.CLOSED) return;
      source = null;
      setTimeout(() => { look(); listen(); }, 15000);
    });
  };
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) { look(); listen(); } else if (source) { source.close(); source = null; }
  });
  listen();
});
