// Keeps the shop at hand where there is no network: its files, the last pages that everybody sees alike, their pictures.
// RELEASE and FILES stand above, written by the server. Whatever is somebody's own is never kept.
const FILES_OF = "files-" + RELEASE, PAGES = "pages-" + RELEASE, PICTURES = "pictures-" + RELEASE;
const PAGES_MAX = 30, PICTURES_MAX = 60, WAIT_MS = 3000;
const LIKE_FOR_ALL = /^\/($|c$|c\/|p\/[^/]+$)/;

const trim = async (name, most) => {
  const kept = await caches.open(name), keys = await kept.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((key) => kept.delete(key)));
};

const keep = async (name, most, request, answer) => {
  const kept = await caches.open(name);
  await kept.delete(request);
  await kept.put(request, answer);
  await trim(name, most);
};

addEventListener("install", (event) => {
  event.waitUntil(caches.open(FILES_OF)
    .then((kept) => kept.addAll(FILES.map((path) => new Request(path, { credentials: "omit" }))))
    .then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter((name) => !name.endsWith(RELEASE)).map((name) => caches.delete(name))))
    .then(() => clients.claim()));
});

const fromCache = async (request, name, most) => {
  const found = await caches.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok && most) await keep(name, most, request, answer.clone());
  return answer;
};

const page = async (event, path) => {
  const request = event.request;
  const asked = fetch(request).then((answer) => {
    if (answer.ok && answer.headers.get("retail-offline") === "keep") {
      event.waitUntil(keep(PAGES, PAGES_MAX, request.url, answer.clone()));
    }
    return answer;
  });
  const isKept = LIKE_FOR_ALL.test(path) && await caches.match(request.url);
  const late = isKept ? new Promise((done, no) => setTimeout(() => no(new Error("late")), WAIT_MS)) : asked;
  try {
    return await Promise.race([asked, late]);
  } catch (trouble) {
    return isKept || caches.match("/offline");
  }
};

addEventListener("fetch", (event) => {
  const request = event.request, place = new URL(request.url);
  if (request.method !== "GET" || place.origin !== location.origin) return;
  if (place.pathname.startsWith("/static/")) event.respondWith(fromCache(request, FILES_OF, 0));
  else if (place.pathname.startsWith("/pictures/")) event.respondWith(fromCache(request, PICTURES, PICTURES_MAX));
  else if (request.mode === "navigate" && !/^\/(desk|v1|docs)(\/|$)/.test(place.pathname)) {
    event.respondWith(page(event, place.pathname));
  }
});

// Somebody left: nothing of what they looked at stays.
addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(Promise.all([caches.delete(PAGES), caches.delete(PICTURES)]));
});
