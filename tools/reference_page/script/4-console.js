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

function request(form) {
  const headers = {};
  const body = {};
  for (const { name, value, dataset } of form.querySelectorAll("input")) {
    if (value) (dataset.place === "header" ? headers : body)[name] = value;
  }
  return ask(form.dataset.path, {
    method: form.dataset.method,
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

function verdict(kind, title, ...rest) {
  return element("div", { className: `verdict ${kind}` }, element("p", {}, element("strong", { textContent: title })), ...rest);
}

function said(text, className = "") {
  return element("p", { textContent: text, className });
}

// What the reply yields is shown on purpose, and only here.
function yielded(content) {
  return Object.entries(content).filter(([, value]) => typeof value === "string").map(([name, value]) => {
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
  if (reply.ok) return verdict("good", title, ...yielded(content));
  const meaning = reply.status < 500 ? "Refused." : "Unknown: it may have been served all the same.";
  const words = content.details ?? content.message ?? "";
  const code = content.error ?? content.status ?? "";
  return verdict("bad", title, said(meaning), said(String(words), "words"), element("code", { textContent: String(code) }));
}

async function demo(form) {
  const values = await (await ask("/_sandbox/credentials")).json();
  if (form.querySelector("[data-place=header]")) {
    const issued = await (await ask("/_sandbox/request-tokens", { method: "POST" })).json();
    values.Token = issued.request_token;
  }
  if (form.querySelector("[name=TOTP]")) {
    const shown = await (await ask("/_sandbox/totp-codes", { method: "POST" })).json();
    values.TOTP = shown.totp;
  }
  for (const input of form.querySelectorAll("input")) {
    if (input.name in values) input.value = values[input.name];
  }
  return verdict("plain", "Filled in", said("Demo values, good for one use and a few minutes. Now send."));
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
