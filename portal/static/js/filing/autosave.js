// Saves the section a moment after one stops typing. The same fields, at the address of data-autosave.
// Each edit is first kept in this browser; the copy goes once the server has the words. What could
// not leave (no network, session over, page closed) is sent again, or put back into the form later.
import { forget, keep, kept } from "./keeping.js";

const PAUSE = 2000;
const RETRY = 5000;
const AT_MOST = 60000;
const KEEPING = 300;
// What names the page and the request, not the person's words.
const TECHNICAL = new Set(["csrf_token", "version", "page", "sequence"]);

export function autosave(form) {
  const name = form.dataset.keep;
  const status = form.querySelector("[data-save-status]");
  let timer = null;
  let keeping = null;
  let busy = false;
  let again = false;
  let edits = 0;
  let left = 0;
  let pause = RETRY;
  let stopped = false;
  let reopen = false;

  putBack();
  form.addEventListener("input", () => { edited(); later(PAUSE); });
  form.addEventListener("focusout", () => { if (timer) later(300); });
  form.addEventListener("submit", () => { stopped = true; clearTimeout(timer); count(); keepHere(); });
  window.addEventListener("online", () => { if (kept(name)) later(0); });
  // Back from a page that did not open: the form is as it was left, and saves itself again.
  window.addEventListener("pageshow", (event) => { if (event.persisted) { stopped = false; if (kept(name)) later(0); } });
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => { if (document.hidden) leave(); });

  function edited() {
    edits += 1;
    form.dataset.unsaved = "";
    clearTimeout(keeping);
    keeping = setTimeout(keepHere, KEEPING);
  }

  function keepHere() {
    clearTimeout(keeping);
    keeping = null;
    const { page, sequence, version } = form.elements;
    return keep(name, {
      page: page.value, sequence: Number(sequence.value), version: version.value, fields: entries(texts(form)),
    });
  }

  // The telephone is locked, the tab closed: the last words leave without waiting for an answer.
  function leave() {
    if (edits === 0 || edits === left) return;
    left = edits;
    if (!stopped) count();
    keepHere();
    if (!stopped) navigator.sendBeacon(form.dataset.autosave, texts(form));
  }

  // Numbers each save of this page: one that is late on the way must not undo the next.
  function count() {
    form.elements.sequence.value = Number(form.elements.sequence.value) + 1;
  }

  function later(delay) {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  }

  async function save() {
    timer = null;
    if (busy) { again = true; return; }
    busy = true;
    count();
    const upTo = edits;
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body: texts(form), redirect: "manual", headers: { Accept: "application/json" },
      });
      await answered(answer, upTo);
    } catch {
      lost();
    }
    busy = false;
    if (again) { again = false; later(PAUSE); }
  }

  async function answered(answer, upTo) {
    // A redirection leads to signing in; 400 is what a token of another session gets.
    if (answer.type === "opaqueredirect" || answer.status === 400) return signedOut();
    if (answer.status >= 500 || answer.status === 429) return lost();
    if (answer.status === 404) return closed();
    if (answer.status === 413) { keepHere(); return say("C’est trop long pour être enregistré\u00a0: raccourcissez votre texte.", "wrong"); }
    const told = await answer.json();
    if (told.state === "conflict") return conflict(told.message);
    if (told.state === "refused") { keepHere(); return say(told.message, "wrong"); }
    form.elements.version.value = String(told.version);
    pause = RETRY;
    if (edits === upTo) settled();
    if (reopen) return location.reload();
    mark(told.errors ?? {});
    const unread = Object.keys(told.errors ?? {}).length;
    if (unread) say(`Enregistré à ${told.at}, avec ${unread > 1 ? `${unread} réponses` : "une réponse"} à corriger`, "wrong");
    else say(`Enregistré à ${told.at}`, "right");
  }

  // The server has every word of the form.
  function settled() {
    edits = left = 0;
    delete form.dataset.unsaved;
    clearTimeout(keeping);
    forget(name);
    form.dispatchEvent(new Event("portal:saved"));
  }

  function lost() {
    say(keepHere() ? "Pas de connexion\u00a0: votre saisie est gardée sur cet appareil et sera envoyée dès que possible."
      : "Pas de connexion\u00a0: gardez cette page ouverte, nous réessayons.", "wrong");
    later(pause);
    pause = Math.min(pause * 2, AT_MOST);
  }

  function signedOut() {
    stopped = true;
    keepHere();
    say("Votre session est terminée. Votre saisie est gardée sur cet appareil\u00a0: ", "wrong");
    const link = document.createElement("a");
    link.href = form.dataset.signIn;
    link.textContent = "reconnectez-vous pour continuer";
    status.append(link);
    form.dispatchEvent(new Event("portal:saved"));
  }

  // No longer a member, or stepped out: nothing will be taken from here.
  function closed() {
    stopped = true;
    keepHere();
    say("Ce dossier ne vous est plus ouvert\u00a0: votre saisie est gardée sur cet appareil.", "wrong");
    form.dispatchEvent(new Event("portal:saved"));
  }

  function conflict(message) {
    stopped = true;
    keepHere();
    say(`${message} Validez avec « Enregistrer » pour comparer les deux versions.`, "wrong");
  }

  function putBack() {
    const entry = kept(name);
    if (!entry) return;
    const { savedPage, savedSequence } = form.dataset;
    // The answer was lost, not the words: the server has this copy, or a later one of the same page.
    if (entry.page === savedPage && entry.sequence <= Number(savedSequence)) return forget(name);
    for (const [key, value] of entry.fields) if (!form.elements.namedItem(key)) addHidden(key, value);
    for (const field of form.elements) {
      if (!field.name || field.type === "hidden" || field.type === "submit") continue;
      const values = entry.fields.filter(([key]) => key === field.name).map(([, value]) => value);
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else if (field.tagName === "SELECT" && field.multiple) for (const o of field.options) o.selected = values.includes(o.value);
      else if (values.length) field.value = values[0];
    }
    // The version it was typed on: should somebody have saved since, the server shows both.
    form.elements.version.value = entry.version;
    edits = 1;
    say("Nous avons remis la saisie gardée sur cet appareil.", "right");
    later(300);
  }

  // A line added while typing is not in the page as it opens: its words go with the rest, and the
  // page is opened again to show them.
  function addHidden(key, value) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: key, value });
    form.append(field);
    reopen = true;
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

// Files wait for their button: they do not travel at each pause.
function texts(form) {
  const sent = new FormData(form);
  for (const [key, value] of [...sent.entries()]) if (typeof value !== "string") sent.delete(key);
  return sent;
}

function entries(sent) {
  return [...sent.entries()].filter(([key]) => !TECHNICAL.has(key));
}
