"use strict";

const place = document.getElementById("viewer");
const field = document.getElementById("token");
const note = document.getElementById("token-note");

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const shade = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", shade);
shade();

if (place && window.SwaggerUIBundle) {
  const viewer = SwaggerUIBundle({
    domNode: place,
    url: place.dataset.document,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    operationsSorter: "alpha",
    tryItOutEnabled: true,
    validatorUrl: null,
    requestInterceptor: complete,
    onComplete: () => authorize(field.value),
  });

  // what the forms leave out is sent all the same: the token of this tab, and the version of this page
  function complete(request) {
    const headers = request.headers;
    if (request.loadSpec) return request;
    if (place.dataset.version && !headers.Version) headers.Version = place.dataset.version;
    if (field.value && !headers.Authorization) headers.Authorization = `Bearer ${field.value}`;
    return request;
  }

  function authorize(value) {
    if (value) viewer.preauthorizeApiKey("bearer", value);
  }

  field.value = sessionStorage.getItem("token") || "";
  document.getElementById("token-form").addEventListener("submit", (event) => {
    event.preventDefault();
    field.value = field.value.trim().replace(/^bearer\s+/i, "");
    sessionStorage.setItem("token", field.value);
    authorize(field.value);
    note.textContent = field.value ? "In use for every request of this tab." : "No token is sent.";
  });
}
