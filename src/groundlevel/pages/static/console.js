// Asks for this page again and shows what has changed of it; not while it is out of sight or a button is in focus.
const EVERY_MS = 1500;

async function follow() {
  const shown = document.getElementById("live");
  if (!shown || document.hidden || shown.contains(document.activeElement)) return;
  const reply = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "error" });
  const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById("live");
  if (fresh && fresh.innerHTML !== shown.innerHTML && !shown.contains(document.activeElement)) shown.replaceWith(fresh);
}

setInterval(() => follow().catch(() => {}), EVERY_MS);
