// Saves the section a moment after one stops typing. The same fields, at the address of data-autosave.
// What cannot leave (no network, session over) stays in this browser and is sent again, or put back
// into the form after signing in.
import { forget, keep, kept } from "./keeping.js";

const PAUSE = 2000;
const RETRY = 5000;
const AT_MOST = 60000;

export function autosave(form) {
  const name = form.dataset.keep;
  const status = form.querySelector("[data-save-status]");
  let version = form.elements.version.value;
  let timer = null;
  let busy = false;
  let again = false;
  let pause = RETRY;
  let stopped = false;

  putBack();
  form.addEventListener("input", () => later(PAUSE));
  form.addEventListener("focusout", () => { if (timer) later(300); });
  form.addEventListener("submit", () => { stopped = true; clearTimeout(timer); });
  window.addEventListener("online", () => { if (kept(name)) later(0); });

  function later(delay) {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  }

  async function save() {
    timer = null;
    if (busy) { again = true; return; }
    busy = true;
    const sent = new FormData(form);
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body: sent, redirect: "manual", headers: { Accept: "application/json" },
      });
      await answered(answer, sent);
    } catch {
      lost(sent);
    }
    busy = false;
    if (again) { again = false; later(PAUSE); }
  }

  async function answered(answer, sent) {
    // A redirection leads to signing in; 400 is what a token of another session gets.
    if (answer.type === "opaqueredirect" || answer.status === 400) return signedOut(sent);
    if (answer.status >= 500 || answer.status === 429) return lost(sent);
    const told = await answer.json();
    if (told.state === "conflict") return conflict(told.message, sent);
    if (told.state === "refused") return say(told.message, "wrong");
    version = String(told.version);
    form.elements.version.value = version;
    forget(name);
    pause = RETRY;
    mark(told.errors ?? {});
    form.dispatchEvent(new Event("portal:saved"));
    const unread = Object.keys(told.errors ?? {}).length;
    if (unread) say(`Enregistré à ${told.at}, avec ${unread > 1 ? `${unread} réponses` : "une réponse"} à corriger`, "wrong");
    else say(`Enregistré à ${told.at}`, "right");
  }

  function lost(sent) {
    const safe = keep(name, { version, fields: entries(sent) });
    say(safe ? "Pas de connexion\u00a0: votre saisie est gardée sur cet appareil et sera envoyée dès que possible."
      : "Pas de connexion\u00a0: gardez cette page ouverte, nous réessayons.", "wrong");
    later(pause);
    pause = Math.min(pause * 2, AT_MOST);
  }

  function signedOut(sent) {
    stopped = true;
    keep(name, { version, fields: entries(sent) });
    say("Votre session est terminée. Votre saisie est gardée sur cet appareil\u00a0: ", "wrong");
    const link = document.createElement("a");
    link.href = form.dataset.signIn;
    link.textContent = "reconnectez-vous pour continuer";
    status.append(link);
    form.dispatchEvent(new Event("portal:saved"));
  }

  function conflict(message, sent) {
    stopped = true;
    keep(name, { version, fields: entries(sent) });
    say(`${message} Validez avec « Enregistrer » pour comparer les deux versions.`, "wrong");
  }

  function putBack() {
    const entry = kept(name);
    if (!entry) return;
    for (const field of form.elements) {
      if (!field.name || field.type === "hidden" || field.type === "submit") continue;
      const values = entry.fields.filter(([key]) => key === field.name).map(([, value]) => value);
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else if (field.tagName === "SELECT" && field.multiple) for (const o of field.options) o.selected = values.includes(o.value);
      else if (values.length) field.value = values[0];
    }
    // The version it was typed on: should somebody have saved since, the server shows both.
    version = entry.version;
    form.elements.version.value = version;
    say("Nous avons remis la saisie gardée sur cet appareil.", "right");
    later(300);
  }

  function mark(errors) {
    for (const field of form.elements) {
      if (!field.name || field.type === "hidden" || field.type === "submit") continue;
      if (field.name in errors) field.setAttribute("aria-invalid", "true");
      else if (!field.closest(".field-invalid")) field.removeAttribute("aria-invalid");
    }
  }

  function say(words, tone) {
    if (status.textContent !== words) status.textContent = words;
    status.dataset.tone = tone;
  }
}

function entries(sent) {
  return [...sent.entries()].filter(([key, value]) => key !== "csrf_token" && typeof value === "string");
}
