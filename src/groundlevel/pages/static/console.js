// Asks for this page again and shows what has changed of it; not while it is out of sight. What is marked `data-live`
// is renewed, by its children where they have ids, so that what one reads, hears or has opened stays as it is.
const EVERY_MS = 1500, NEAR = 120;
const came = new WeakMap(); // element -> how it came

const live = () => document.querySelectorAll("[data-live]");
const isBusy = (region) => region.contains(document.activeElement) &&
  document.activeElement.matches("button, input, select, textarea");
const isAtEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
const toEnd = (box) => { box.scrollTop = box.scrollHeight; };

function note(region) {
  came.set(region, region.innerHTML);
  for (const child of region.children) came.set(child, child.outerHTML);
}

function renew(shown, next) {
  const follows = shown.dataset.end !== undefined && isAtEnd(shown);
  const focused = shown.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const before = new Map([...shown.children].map((child) => [child.id, child]));
  const isKeyed = [...next.children].every((child) => child.id) && [...before.keys()].every(Boolean);
  if (isKeyed) merge(shown, before, [...next.children]);
  else shown.replaceChildren(...next.childNodes);
  if (focused && !shown.contains(document.activeElement)) shown.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
  if (follows) toEnd(shown);
}

function merge(shown, before, wanted) {
  let at = shown.firstElementChild;
  for (const child of wanted) {
    const old = before.get(child.id), html = child.outerHTML;
    const one = old && came.get(old) === html ? old : child;
    came.set(one, html);
    if (old && one !== old) {
      if (at === old) at = old.nextElementSibling;
      old.remove();
    }
    if (one === at) at = at.nextElementSibling;
    else shown.insertBefore(one, at);
    before.delete(child.id);
  }
  for (const gone of before.values()) gone.remove();
}

async function follow() {
  if (document.hidden || live().length === 0) return;
  const reply = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "error" });
  if (!reply.ok) return;
  const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
  for (const shown of live()) {
    const next = fresh.getElementById(shown.id), html = next?.innerHTML;
    if (!next || html === came.get(shown) || isBusy(shown)) continue;
    renew(shown, next);
    came.set(shown, html);
  }
}

for (const region of live()) note(region);
for (const box of document.querySelectorAll("[data-end]")) toEnd(box);
for (const field of document.querySelectorAll("[data-submits]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}
for (const field of document.querySelectorAll("[data-sends]")) {
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) field.form.querySelector("button[name=act]").click();
  });
}
setInterval(() => follow().catch(() => {}), EVERY_MS);
