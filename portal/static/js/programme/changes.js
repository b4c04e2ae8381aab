// What colleagues change, put into the page: asked every few seconds while the page is looked at.
import { announce, tellState } from "./words.js";

const AT_MOST = 60000;
const TOLD = 3;
const HARD = "\u00a0";

export function followChanges(table, grid) {
  const follower = new Follower(table, grid);
  grid.saved = () => follower.soon();
  document.addEventListener("visibilitychange", () => follower.seen());
  window.addEventListener("online", () => follower.soon());
  follower.later();
}

class Follower {
  constructor(table, grid) {
    this.table = table;
    this.grid = grid;
    this.every = Number(table.dataset.every);
    this.pause = this.every;
    this.timer = null;
    this.asking = false;
    this.again = false;
    this.over = false;
  }

  later() {
    clearTimeout(this.timer);
    if (!document.hidden && !this.over) this.timer = setTimeout(() => this.ask(), this.pause);
  }

  soon() {
    clearTimeout(this.timer);
    this.ask();
  }

  seen() {
    if (document.hidden) clearTimeout(this.timer);
    else this.soon();
  }

  async ask() {
    if (this.asking) { this.again = true; return; }
    this.asking = true;
    try {
      const told = await this.fetch();
      if (told) this.answered(told);
    } catch {
      // Away for a while: asked less and less often.
      this.pause = Math.min(this.pause * 2, AT_MOST);
      tellState(`Hors ligne${HARD}: les changements des autres n’arrivent plus. Nouvel essai automatique.`);
    }
    this.asking = false;
    if (this.again) { this.again = false; return this.ask(); }
    this.later();
  }

  async fetch() {
    const address = new URL(this.table.dataset.changes, location.href);
    address.searchParams.set("depuis", this.table.dataset.revision);
    const bodies = [...this.table.querySelectorAll("[data-application]")];
    address.searchParams.set("dossiers", [...new Set(bodies.map((body) => body.dataset.application))].join(","));
    const answer = await fetch(address, { headers: { Accept: "application/json" }, redirect: "manual" });
    if (answer.type === "opaqueredirect" || answer.status === 404) return this.closed(answer.status === 404);
    if (!answer.ok) throw new Error("away");
    return answer.json();
  }

  closed(gone) {
    this.over = true;
    const link = document.createElement("a");
    link.href = gone ? location.href : this.table.dataset.signIn;
    link.textContent = gone ? "actualiser la page" : "reconnectez-vous pour continuer";
    tellState(gone ? `Ce tableau ne vous est plus ouvert${HARD}: ` : `Votre session est terminée${HARD}: `, link);
    return null;
  }

  answered(told) {
    this.pause = this.every;
    tellState("En direct");
    for (const cell of this.grid.pending()) cell.resend();
    if (told.revision === Number(this.table.dataset.revision)) return;
    this.table.dataset.revision = told.revision;
    const by = new Map(told.told.map((change) => [change.line, change.by]));
    for (const html of told.rows) this.put(html, by);
    for (const id of told.gone) this.take(id);
    fill("[data-programme-envelopes]", told.envelopes);
    fill("[data-programme-totals]", told.totals);
    fill("[data-programme-lead]", told.lead);
    this.grid.refresh();
    this.tell(told.told);
  }

  put(html, by) {
    const holder = document.createElement("table");
    holder.innerHTML = html;
    const fresh = holder.querySelector("tbody");
    const body = document.getElementById(fresh.id);
    if (!body) return;
    same(body.rows[0], fresh.rows[0]);
    const kept = new Set([...fresh.rows].map((row) => row.id));
    for (const row of [...body.rows].slice(1)) if (!kept.has(row.id)) row.remove();
    for (const row of [...fresh.rows].slice(1)) this.putRow(body, row, by);
    this.grid.adopt(body);
  }

  putRow(body, fresh, by) {
    const row = document.getElementById(fresh.id);
    if (!row) return body.append(fresh);
    // An answer that was late on its way says less than the page knows.
    if (Number(fresh.dataset.version) < Number(row.dataset.version)) return;
    const author = by.get(Number(row.id.replace("ligne-", ""))) ?? null;
    const moved = fresh.dataset.version !== row.dataset.version;
    let taken = true;
    [...fresh.cells].forEach((cell, index) => {
      const here = row.cells[index];
      const known = this.grid.cells.get(here);
      if (known && cell.hasAttribute("data-cell")) {
        if (moved) taken = known.take(cell, author);
      } else if (known) {
        // No longer to be written here: unless its author is at it, and will be told.
        if (known.isBusy()) taken = false;
        else { this.grid.cells.delete(here); here.replaceWith(cell); }
      } else same(here, cell);
    });
    if (taken) row.dataset.version = fresh.dataset.version;
    row.classList.toggle("is-changed", moved && author !== null);
  }

  take(id) {
    for (const body of this.table.querySelectorAll(`[data-application="${id}"]`)) {
      const held = body.contains(document.activeElement);
      for (const node of body.querySelectorAll("[data-cell]")) this.grid.cells.delete(node);
      body.remove();
      if (held) document.getElementById("apres-le-tableau").focus();
    }
    announce("Un dossier n’est plus dans votre tableau.");
  }

  tell(changes) {
    if (changes.length > TOLD) return announce(`${changes.length} financements modifiés par des collègues.`);
    if (changes.length) announce(changes.map((change) => `${change.by}${HARD}: ${change.words}.`).join(" "));
  }
}

// Replaces what differs only: focus and what is selected elsewhere stay.
function same(here, fresh) {
  if (here.isEqualNode(fresh)) return;
  const held = here.contains(document.activeElement) ? [...here.querySelectorAll("a, button")].indexOf(document.activeElement) : -1;
  here.replaceChildren(...fresh.childNodes);
  for (const { name, value } of fresh.attributes) here.setAttribute(name, value);
  if (held >= 0) here.querySelectorAll("a, button")[held]?.focus();
}

function fill(selector, html) {
  const box = document.querySelector(selector);
  if (box && html !== undefined) box.innerHTML = html;
}
