// The cells of what is proposed: moved through with the keyboard, opened, saved, restored.
import { announce, element } from "./words.js";
import { Cell } from "./cell.js";
import { showSums } from "./sums.js";

export function openGrid(table) {
  const grid = new Grid(table);
  table.addEventListener("keydown", (event) => grid.keyed(event));
  table.addEventListener("click", (event) => {
    const button = event.target.closest(".programme-cell");
    if (button) grid.at(button)?.open();
  });
  document.querySelector("[data-programme-keys]").hidden = false;
  window.addEventListener("beforeunload", (event) => {
    if (grid.pending().length) event.preventDefault();
  });
  return grid;
}

class Grid {
  constructor(table) {
    this.table = table;
    this.cells = new Map();
    this.saved = () => {};
    this.adopt(table);
  }

  // Cells of the page, or of a row put in later.
  adopt(part) {
    for (const node of part.querySelectorAll("[data-cell]")) {
      if (!this.cells.has(node)) this.cells.set(node, new Cell(node, this));
    }
  }

  at(inside) {
    return this.cells.get(inside.closest("[data-cell]"));
  }

  inOrder() {
    return [...this.table.querySelectorAll("[data-cell]")].map((node) => this.cells.get(node));
  }

  // The cells whose amount is typed and not saved, whatever the reason.
  pending() {
    return [...this.cells.values()].filter((cell) => cell.isPending());
  }

  refresh() {
    const drafts = [...this.cells.values()].map((cell) => [cell.node, cell.typedCents()]);
    showSums(this.table, drafts.filter(([, typed]) => typed !== null));
    this.tellPending();
  }

  // What remains to be taken up again, with a way to it.
  tellPending() {
    const box = document.querySelector("[data-live-pending]");
    const stuck = [...this.cells.values()].filter((cell) => cell.isStuck());
    if (box.dataset.number === String(stuck.length)) return;
    box.dataset.number = String(stuck.length);
    if (!stuck.length) return box.replaceChildren();
    const words = stuck.length > 1 ? `${stuck.length} montants non enregistrés` : "1 montant non enregistré";
    const button = element("button", "btn btn-secondary btn-small", "Y aller");
    button.type = "button";
    button.addEventListener("click", () => [...this.cells.values()].find((cell) => cell.isStuck())?.focus());
    box.replaceChildren(`${words}. `, button);
  }

  keyed(event) {
    const cell = this.at(event.target);
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input")) this.keyedInside(event, cell);
    else if (event.target.matches(".programme-cell")) this.keyedOn(event, cell);
  }

  keyedInside(event, cell) {
    const step = { Enter: event.shiftKey ? -1 : 1, Tab: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      event.preventDefault();
      cell.restore();
    } else if (step) {
      // A wrong amount keeps its cell open, with its reason.
      if (!cell.commit()) return event.preventDefault();
      if (this.move(cell, step) || event.key !== "Tab") event.preventDefault();
    }
  }

  keyedOn(event, cell) {
    if (event.key === "Escape") return this.leave(event);
    if (event.key === "F2") return this.open(event, cell);
    if (event.key === "Delete" || event.key === "Backspace") return this.open(event, cell, "");
    if (/^[\d,.]$/.test(event.key)) return this.open(event, cell, event.key);
    const step = { ArrowDown: 1, ArrowUp: -1, Tab: event.shiftKey ? -1 : 1 }[event.key];
    if (step) {
      if (this.move(cell, step) || event.key !== "Tab") event.preventDefault();
    } else if (event.key === "PageDown" || event.key === "PageUp") {
      event.preventDefault();
      this.jump(cell, event.key === "PageDown" ? 1 : -1);
    } else if (event.key === "Home" || event.key === "End") {
      event.preventDefault();
      this.inOrder().at(event.key === "Home" ? 0 : -1).focus();
    }
  }

  open(event, cell, text) {
    event.preventDefault();
    cell.open(text);
  }

  leave(event) {
    event.preventDefault();
    document.getElementById("apres-le-tableau").focus();
    announce("Sorti du tableau");
  }

  // False at either end: Tab goes on to the rest of the page.
  move(cell, step) {
    const cells = this.inOrder();
    const next = cells[cells.indexOf(cell) + step];
    if (next) next.focus();
    else cell.focus();
    return Boolean(next);
  }

  jump(cell, step) {
    const cells = this.inOrder();
    const body = cell.node.closest("tbody");
    const rest = step > 0 ? cells.slice(cells.indexOf(cell)) : cells.slice(0, cells.indexOf(cell)).reverse();
    const next = rest.find((other) => other.node.closest("tbody") !== body);
    // Backwards, the first amount of the application before.
    next && cells.find((other) => other.node.closest("tbody") === next.node.closest("tbody")).focus();
  }
}
