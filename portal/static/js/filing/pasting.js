// Cells pasted from a spreadsheet into a line of the budget fill this line and the next ones, one per row. A row that
// begins with an account's number goes to that account. The server reads everything again.
import { hundredths } from "./totals.js";

const TOTAL = /^(sous[- ])?(total|totaux)\b/i;
const AMOUNT = /^[\d\s.,€()\-–—\u2212]+$/;

export function fillLines(form) {
  const told = form.querySelector("[data-save-status]");
  form.addEventListener("paste", (event) => {
    const field = event.target.closest("[data-line] input");
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!field || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const start = field.closest("[data-line]");
    const counts = { filled: 0, left: 0 };
    let line = start;
    for (const row of text.split(/\r?\n/)) {
      const cells = row.split("\t").map((cell) => cell.trim());
      if (!cells.some((cell) => cell) || TOTAL.test(cells.find((cell) => cell))) continue;
      line = fill(form, line, cells, counts);
    }
    start.closest("[data-totals]")?.dispatchEvent(new Event("portal:lines"));
    form.dispatchEvent(new Event("input", { bubbles: true }));
    say(told, counts);
  });
  form.addEventListener("focusout", (event) => workOut(form, event.target));
}

// Puts a row in its line and answers the line that the next row of the same account would take.
function fill(form, line, cells, counts) {
  const account = accountOf(form, cells[0]);
  const target = account ?? line.closest(".chart-account");
  const free = freeLine(target, account ? null : line);
  const inputs = free ? [...free.querySelectorAll("input")] : [];
  const { words, amounts } = split(account ? cells.slice(1) : cells, inputs.length - 1);
  if (!free || !amounts.some((cell) => /[1-9]/.test(cell))) {
    counts.left += 1;
    return line;
  }
  inputs[0].value = words;
  amounts.forEach((cell, index) => { inputs[index + 1].value = cell.replace(/\s*€$/, ""); });
  target.closest("details").open = true;
  counts.filled += 1;
  return account ? line : free;
}

function accountOf(form, cell) {
  const number = /^\d{2,8}(?![\d,.])/.exec(cell ?? "")?.[0];
  if (!number) return null;
  for (let length = number.length; length > 1; length -= 1) {
    const found = form.querySelector(`[data-code="${number.slice(0, length)}"]`);
    if (found) return found;
  }
  return null;
}

// The first empty line of an account from the one given on; a new one when there is none.
function freeLine(account, from) {
  const lines = [...account.querySelectorAll("[data-line]")];
  const after = from && account.contains(from) ? lines.slice(lines.indexOf(from)) : lines;
  const empty = after.find((line) => [...line.querySelectorAll("input")].every((input) => !input.value));
  if (empty) return empty;
  if (lines.length >= 40) return null;
  account.querySelector("[data-add-line]").click();
  return [...account.querySelectorAll("[data-line]")].at(-1);
}

function split(cells, years) {
  const kept = [...cells];
  while (kept.length && !kept[kept.length - 1] && kept.length > years + 1) kept.pop();
  const amounts = [];
  while (kept.length && amounts.length < years && (AMOUNT.test(kept.at(-1)) || (!kept.at(-1) && years > 1))) {
    amounts.unshift(kept.pop());
  }
  return { words: kept.filter((cell) => cell).join(" — "), amounts };
}

function say(told, { filled, left }) {
  const lines = filled === 1 ? "Une ligne collée" : `${filled} lignes collées`;
  const aside = left === 1 ? ", une laissée de côté" : left ? `, ${left} laissées de côté` : "";
  told.textContent = `${lines}${aside}. Relisez-les${left ? "\u00a0; « Coller depuis un tableur » dit pourquoi" : ""}.`;
}

// « 12 séances × 150 € » typed as a detail fills the amount left empty. Only whole counts: the server knows the rest.
function workOut(form, field) {
  const line = field.closest?.("[data-line]");
  if (!line || field !== line.querySelector("input")) return;
  const amounts = [...line.querySelectorAll("input")].slice(1);
  if (amounts.some((amount) => amount.value)) return;
  const product = /(?:^|\s)(\d+)\s?(?:[^\d%×*]{0,60}?)\s?[×x*]\s?(\d[\d\s\u00a0\u202f]*(?:[.,]\d{1,2})?)\s?(?:€|euros?)?$/.exec(field.value.trim());
  const price = product && hundredths(product[2]);
  if (!price || /[×*].*[×*]/.test(field.value)) return;
  const cents = Number(product[1]) * price;
  if (!Number.isSafeInteger(cents) || cents > 1e11) return;
  amounts[0].value = `${Math.floor(cents / 100)},${String(cents % 100).padStart(2, "0")}`;
  amounts[0].dispatchEvent(new Event("input", { bubbles: true }));
}
