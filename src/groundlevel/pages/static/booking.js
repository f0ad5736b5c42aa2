// Shows times on the clock of whoever looks, unless another one was chosen.
const form = document.querySelector("form.zone");
const list = document.getElementById("timezone");

if (form && list) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = own && [...list.options].some((option) => option.value === own);
  if (form.dataset.said === "no" && known && own !== form.dataset.zone) {
    const here = new URL(location.href);
    here.searchParams.set("timezone", own);
    location.replace(here);
  }
}
