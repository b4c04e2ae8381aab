// What this person copied already, kept in this browser; a text that changed since is told.
import { textOf } from "./copy.js";

const root = document.querySelector("[data-copy-marks]");

function stored() {
  try {
    return JSON.parse(localStorage.getItem(root.dataset.copyMarks)) || {};
  } catch {
    return {};
  }
}

function keep(marks) {
  try {
    localStorage.setItem(root.dataset.copyMarks, JSON.stringify(marks));
  } catch { /* a browser that keeps nothing still copies */ }
}

// Enough to tell that a text changed; the text itself is not kept.
function mark(text) {
  let sum = 0;
  for (const char of text) sum = (sum * 31 + char.codePointAt(0)) % 4294967296;
  return `${text.length}-${sum}`;
}

function show() {
  const marks = stored();
  let done = 0;
  for (const field of root.querySelectorAll("[data-copy-field]")) {
    const state = field.querySelector("[data-copy-state]");
    const known = marks[field.dataset.copyField];
    const same = known === mark(textOf(field.querySelector("[data-copy-source]")));
    if (known && same) done += 1;
    state.textContent = !known ? "" : same ? "✓ copié" : "modifié depuis la copie";
    field.classList.toggle("is-copied", Boolean(known && same));
  }
  const total = root.querySelectorAll("[data-copy-field]").length;
  const count = root.querySelector("[data-copy-count]");
  count.textContent = `${done} sur ${total} copiés`;
  root.querySelector("[data-copy-progress]").hidden = false;
}

root.addEventListener("copied", (event) => {
  const field = event.target.closest("[data-copy-field]");
  if (!field) return;
  keep({ ...stored(), [field.dataset.copyField]: mark(event.detail) });
  show();
});
root.querySelector("[data-copy-forget]").addEventListener("click", () => { keep({}); show(); });
show();
