// What scripts make nicer: every page is complete without them.
const all = (what, within) => Array.from((within || document).querySelectorAll(what));

const mint = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

// A page that comes back out of the browser's memory asks for new keys, so that what is sent now is not taken for a repeat.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  all("input[name=once]").forEach((field) => { field.value = mint(); });
  all("[aria-busy]").forEach((button) => { button.removeAttribute("aria-busy"); });
});

// One tap is one tap.
addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || event.defaultPrevented) return;
  if (button.getAttribute("aria-busy")) { event.preventDefault(); return; }
  button.setAttribute("aria-busy", "true");
});

// The price and what is left follow the kind that is chosen.
all("#buy input[name=sku][data-price]").forEach((choice) => {
  choice.addEventListener("change", () => {
    const shown = document.querySelector("[data-price] .price, .lead .price");
    if (!shown) return;
    const text = choice.dataset.price, sign = text.match(/^[^0-9]*/)[0], rest = text.slice(sign.length).split(".");
    shown.replaceChildren();
    const small = document.createElement("small");
    small.textContent = sign;
    shown.append(small, rest[0]);
    if (rest[1]) { const cents = document.createElement("small"); cents.textContent = "." + rest[1]; shown.append(cents); }
    const left = document.querySelector(".left");
    if (left) left.textContent = "";
  });
});

// A quantity that is changed is sent.
all("form[data-auto] input[name=quantity]").forEach((field) => {
  field.addEventListener("change", () => { if (field.value && field.reportValidity()) field.form.requestSubmit ? field.form.requestSubmit() : field.form.submit(); });
});
document.documentElement.classList.add("js");

// Regions follow each other.
all("[data-regions]").forEach((box) => {
  const names = ["province", "city", "district"];
  box.addEventListener("change", async (event) => {
    const place = names.indexOf(event.target.name);
    if (place < 0) return;
    names.slice(place + 1).forEach((name) => { const old = box.querySelector("[name=" + name + "]"); if (old) old.closest(".field").remove(); });
    if (place === 2 || !event.target.value) return;
    const answer = await fetch("/regions/" + event.target.value);
    if (!answer.ok) return;
    const parsed = new DOMParser().parseFromString("<select>" + await answer.text() + "</select>", "text/html");
    const options = Array.from(parsed.querySelectorAll("option"));
    if (options.length < 2) return;
    const field = event.target.closest(".field").cloneNode(true), select = field.querySelector("select"), label = field.querySelector("label");
    select.name = names[place + 1]; select.id = "f-" + select.name; label.htmlFor = select.id;
    label.textContent = box.dataset[select.name] || label.textContent;
    select.replaceChildren(...options);
    box.append(field);
  });
});

// Whoever pays on another device need not press anything here.
all("[data-poll]").forEach((box) => {
  const began = Date.now();
  const ask = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(box.dataset.poll, { headers: { accept: "text/html" } });
        if (answer.redirected) { location.assign(answer.url); return; }
      } catch (trouble) { /* the next try */ }
    }
    setTimeout(ask, Date.now() - began < 60000 ? 2000 : 10000);
  };
  setTimeout(ask, 2000);
});

// Pages that were looked at are there without a network too, until somebody leaves.
if ("serviceWorker" in navigator) {
  const workers = navigator.serviceWorker;
  addEventListener("load", () => { workers.register("/sw.js").catch(() => { /* the shop is whole without it */ }); });
  all("form[action='/leave']").forEach((form) => form.addEventListener("submit", () => {
    if (workers.controller) workers.controller.postMessage("forget");
  }));
}
all("[data-kept]").forEach(async (box) => {
  if (!("caches" in window)) return;
  const names = (await caches.keys()).filter((name) => name.startsWith("pages-"));
  for (const name of names) {
    const kept = await caches.open(name);
    for (const request of await kept.keys()) {
      const read = new DOMParser().parseFromString(await (await kept.match(request)).text(), "text/html"), link = document.createElement("a");
      link.href = new URL(request.url).pathname;
      link.textContent = read.title.split(" · ")[0];
      box.append(link);
      box.hidden = false;
    }
  }
});
