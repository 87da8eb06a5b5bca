// The console: sends one call to the sandbox that served this page. It keeps nothing: what is typed stays in its field.

const SECONDS = 15;
// Elsewhere this page is only read: a secret is for the sandbox of this machine, not for whoever serves the file.
const local = location.protocol === "http:" && ["127.0.0.1", "localhost"].includes(location.hostname);

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function ask(path, options = {}) {
  return fetch(location.origin + path, {
    ...options,
    cache: "no-store",
    credentials: "omit",
    redirect: "manual",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.timeout(SECONDS * 1000),
  });
}

const inputsOf = (form) => [...form.querySelectorAll("[data-place]")];

// What is typed for anything but text is JSON. What is none is sent as text, for the sandbox to refuse.
function typed({ value, dataset }) {
  if (dataset.type === "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

// A field that is empty is left out, and so is an object without fields.
function put(body, steps, value) {
  if (!steps.length) return value;
  const [step, ...rest] = steps;
  return { ...body, [step]: put(body?.[step], rest, value) };
}

function request(form) {
  const { method, mediaType } = form.dataset;
  const headers = {};
  const query = new URLSearchParams();
  let path = form.dataset.path;
  let body = {};
  for (const input of inputsOf(form)) {
    const { name, value, dataset } = input;
    if (dataset.place === "path") path = path.replace(`{${name}}`, encodeURIComponent(value));
    if (!value) continue;
    if (dataset.place === "header") headers[name] = value;
    if (dataset.place === "bearer") headers[name] = `Bearer ${value}`;
    if (dataset.place === "query") [typed(input)].flat().forEach((each) => query.append(name, each));
    if (dataset.place === "body") body = put(body, JSON.parse(dataset.steps), typed(input));
  }
  if (mediaType) headers["Content-Type"] = mediaType;
  return ask(query.size ? `${path}?${query}` : path, { method, headers, body: mediaType ? JSON.stringify(body) : undefined });
}

function verdict(kind, title, ...rest) {
  return element("div", { className: `verdict ${kind}` }, element("p", {}, element("strong", { textContent: title })), ...rest);
}

function said(text, className = "") {
  return element("p", { textContent: text, className });
}

// What the reply yields is shown on purpose, and only here: texts to copy, and anything else as JSON.
function yielded(content, text) {
  const entries = Object.entries(content);
  if (Array.isArray(content) || entries.some(([, value]) => typeof value !== "string")) {
    const code = element("code", { textContent: JSON.stringify(content, null, 2) });
    return [element("pre", { tabIndex: 0, role: "region", ariaLabel: "Reply" }, code)];
  }
  if (!entries.length) return text ? [element("pre", { tabIndex: 0, role: "region", ariaLabel: "Reply" }, text)] : [];
  return entries.map(([name, value]) => {
    const copy = element("button", { type: "button", textContent: "Copy", className: "copy", ariaLabel: `Copy ${name}` });
    copy.dataset.copy = "";
    const output = element("output", { textContent: value, ariaLabel: name });
    output.dataset.reply = name;
    return element("div", { className: "yield" }, element("code", { textContent: name }), output, copy);
  });
}

async function outcome(reply) {
  if (reply.type === "opaqueredirect") return verdict("bad", "A redirect", said("It was not followed."));
  const text = await reply.text();
  let content;
  try {
    content = Object(JSON.parse(text));
  } catch {
    content = {};
  }
  const title = `${reply.status} ${reply.statusText}`;
  if (reply.ok) return verdict("good", title, ...yielded(content, text));
  const meaning = reply.status < 500 ? "Refused." : "Unknown: it may have been served all the same.";
  const words = content.details ?? content.message ?? "";
  const code = content.error ?? content.status ?? "";
  return verdict("bad", title, said(meaning), said(String(words), "words"), element("code", { textContent: String(code) }));
}

async function fill(form) {
  const values = await (await ask("/_sandbox/credentials")).json();
  if (form.querySelector("[name=TOTP]")) {
    const shown = await (await ask("/_sandbox/totp-codes", { method: "POST" })).json();
    values.TOTP = shown.totp;
  }
  for (const input of inputsOf(form)) {
    const { source, demoValue = "" } = input.dataset;
    if (source) input.value = await SOURCES[source]();
    else if (input.name in values) input.value = values[input.name];
    else if (demoValue) input.value = demoValue;
  }
}

const SOURCES = {
  "request-token": async () => (await (await ask("/_sandbox/request-tokens", { method: "POST" })).json()).request_token,
  // By the session call of this page, as a person would.
  "access-token": async () => {
    const form = document.querySelector("form[data-call=generateSession]").cloneNode(true);
    await fill(form);
    return (await (await request(form)).json()).AccessToken;
  },
};

async function demo(form) {
  await fill(form);
  const once = form.querySelector("[data-source=request-token], [name=TOTP]");
  const words = once ? "Demo values, good for one use and a few minutes. Now send." : "Demo values. Now send.";
  return verdict("plain", "Filled in", said(words));
}

// Runs one step of a form at a time, and shows what came of it.
async function show(form, step) {
  const shown = form.querySelector(".outcome");
  const fields = form.querySelector("fieldset");
  const focused = document.activeElement;
  fields.disabled = true;
  shown.replaceChildren(said("…"));
  try {
    shown.replaceChildren(await step(form));
  } catch (error) {
    const late = error.name === "TimeoutError";
    const why = late ? `Nothing came within ${SECONDS} seconds.` : "The request could not be sent, or its reply was lost. Is the sandbox running?";
    shown.replaceChildren(verdict("bad", "No reply", said(why)));
  }
  fields.disabled = false;
  focused.focus(); // a disabled field loses it
}

for (const form of document.querySelectorAll(".console")) {
  form.querySelector(".here").hidden = !local;
  form.querySelector(".elsewhere").hidden = local;
  form.querySelector("fieldset").disabled = !local;
  form.querySelector("[data-demo]").addEventListener("click", () => show(form, demo));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(form, async () => outcome(await request(form)));
  });
  for (const button of form.querySelectorAll("[data-reveal]")) {
    button.addEventListener("click", () => {
      const input = document.getElementById(button.dataset.reveal);
      const hidden = input.type === "password";
      input.type = hidden ? "text" : "password";
      button.textContent = hidden ? "Hide" : "Show";
      button.ariaLabel = `${button.textContent} ${input.name}`;
    });
  }
}
