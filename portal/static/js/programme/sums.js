// The sums of the page as they would be with what is typed and not saved yet, marked so.
import { NOT_SAVED, cents, element, euros } from "./words.js";

// `drafts`: for each cell with an amount not saved, its element and the cents typed.
export function showSums(table, drafts) {
  const moves = new Map();
  const add = (node, delta) => node && moves.set(node, (moves.get(node) ?? 0) + delta);
  for (const [cell, typed] of drafts) {
    const stored = cents(cell.dataset.proposed) ?? 0;
    const delta = typed - stored;
    const body = cell.closest("tbody");
    add(body.querySelector("[data-sum=row]"), delta);
    add(groupOf(body), delta);
    const envelope = envelopeOf(cell);
    add(envelope?.querySelector("[data-sum=envelope]"), delta);
    add(envelope?.querySelector("[data-sum=left]"), -delta);
    for (const node of document.querySelectorAll("[data-sum=whole]")) add(node, delta);
    add(named(`pillar:${body.dataset.pillar}`), delta);
    const shares = JSON.parse(body.dataset.shares);
    const before = parts(stored, shares);
    parts(typed, shares).forEach((part, index) => add(named(`quartier:${shares[index]?.[0] ?? ""}`), part - before[index]));
  }
  for (const node of document.querySelectorAll("[data-sum]")) mark(node, moves.get(node) ?? 0);
}

export function envelopeOf(cell) {
  const { envelope } = cell.dataset;
  return envelope ? document.querySelector(`[data-envelope-line="${CSS.escape(envelope)}"]`) : null;
}

function groupOf(body) {
  let before = body.previousElementSibling;
  while (before && !before.classList.contains("programme-group")) before = before.previousElementSibling;
  return before?.querySelector("[data-sum=group]");
}

function named(key) {
  return [...document.querySelectorAll("[data-programme-totals] [data-sum]")].find((node) => node.dataset.sum === key);
}

// As on the server: rounded down, then the cents left to the largest remainders. Unknown shares part nothing.
function parts(value, shares) {
  if (shares.length === 1) return [value];
  const weights = shares.map(([, share]) => share);
  const whole = weights.reduce((sum, share) => sum + share, 0);
  if (shares.length === 0 || weights.includes(null) || whole === 0) return [value];
  const found = weights.map((share) => Math.floor((value * share) / whole));
  const left = value - found.reduce((sum, part) => sum + part, 0);
  const byRemainder = weights.map((share, index) => [(value * share) % whole, index]).sort((a, b) => b[0] - a[0]);
  for (const [, index] of byRemainder.slice(0, left)) found[index] += 1;
  return found;
}

function mark(node, delta) {
  const words = euros(Number(node.dataset.cents) + delta);
  if (delta === 0) {
    if (!node.dataset.typed) return;
    delete node.dataset.typed;
    node.textContent = words;
    return;
  }
  node.dataset.typed = "1";
  node.replaceChildren(element("span", "nowrap", words), " ", element("span", "programme-unsaved", NOT_SAVED));
}
