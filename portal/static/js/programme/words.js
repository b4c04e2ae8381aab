// What the table says: the amounts, the state of the connection, and what screen readers hear.
import { hundredths, shown } from "../filing/totals.js";

const HARD = "\u00a0";
export { hundredths };

export const euros = (cents) => shown(cents, "€");
export const amount = (cents) => (cents === null ? "–" : euros(cents));
// An attribute that holds cents, or nothing.
export const cents = (text) => (text === undefined || text === "" ? null : Number(text));

export const TYPE_AMOUNT = `Indiquez un montant en euros, par exemple 1${"\u202f"}234,56.`;
export const TYPE_ZERO = `Indiquez un montant${HARD}; 0 pour ne rien proposer.`;
export const NOT_SAVED = "non enregistré";
export const OFFLINE = `Hors ligne${HARD}: ce qui n’est pas enregistré le sera au retour de la connexion.`;
export const SIGNED_OUT = `Votre session est terminée${HARD}: `;
export const overRequest = (requested) => `Ce montant dépasse la demande${HARD}: ${euros(requested)}.`;
export const conflictWords = (theirs, mine, by) =>
  `${by ? `${by} a modifié ce montant. ` : ""}Enregistré entre-temps${HARD}: ${theirs}. Votre saisie${HARD}: ${mine}.`;
export const savedWords = (name, value) => `${name}${HARD}: ${value} enregistré.`;
export const failedWords = (name, why) => `${name}${HARD}: ${NOT_SAVED}. ${why}`;
export const meanwhile = (by) => `${by} vient de modifier ce montant${HARD}: vous choisirez en enregistrant le vôtre.`;

const live = document.querySelector("[data-programme-live]");
const state = live?.querySelector("[data-live-state]");
const words = live?.querySelector("[data-live-words]");

// Heard without being shown; said again even when the words are the same.
export function announce(text) {
  words.textContent = words.textContent === text ? `${text}${HARD}` : text;
}

// Whether the page hears of the others, in words; a link follows when there is something to do.
export function tellState(text, link) {
  live.hidden = false;
  if (state.dataset.said === text) return;
  state.dataset.said = text;
  state.replaceChildren(text);
  if (link) state.append(link);
}

export function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
