// One amount proposed: shown as a button, opened as a field, saved on its own with the version seen.
import { announce, amount, cents, conflictWords, element, euros, failedWords, hundredths, meanwhile, NOT_SAVED, OFFLINE, overRequest, savedWords, SIGNED_OUT, tellState, TYPE_AMOUNT, TYPE_ZERO } from "./words.js";
import { envelopeOf } from "./sums.js";

const HARD = "\u00a0";
let numbers = 0;
let pressed = false;
document.addEventListener("pointerdown", () => { pressed = true; }, true);
for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => { pressed = false; }, true);

export class Cell {
  constructor(node, grid) {
    this.node = node;
    this.grid = grid;
    // null, or what is typed and not saved: {text, cents, why}; `why` once it could not be.
    this.draft = null;
    this.saving = Promise.resolve();
    this.input = null;
    this.author = null;
    // The version of a colleague's amount that arrived while this one was being written.
    this.newer = null;
    this.draw();
  }

  get name() { return this.node.dataset.name; }
  get row() { return this.node.closest("tr"); }
  get stored() { return cents(this.node.dataset.proposed); }

  isPending() { return Boolean(this.draft) || (this.input !== null && this.input.value.trim() !== this.asTyped()); }
  isStuck() { return Boolean(this.draft?.why); }
  isBusy() { return this.input !== null || Boolean(this.draft); }

  typedCents() {
    const typed = this.input ? hundredths(this.input.value) : this.draft?.cents ?? null;
    return typed === this.stored ? null : typed;
  }

  asTyped() { return this.stored === null ? "" : euros(this.stored).replace(/\u202f/g, " ").replace(/\u00a0€/, ""); }

  focus() {
    (this.node.querySelector("button, input") ?? this.node).focus();
  }

  // -- shown ------------------------------------------------------------------------------------

  draw() {
    const held = this.node.contains(document.activeElement);
    const button = element("button", "programme-cell", this.draft ? this.draftShown() : amount(this.stored));
    button.type = "button";
    const shown = this.stored === null && !this.draft ? "aucun montant" : button.textContent;
    button.setAttribute("aria-label", `Proposé, ${this.name}${HARD}: ${shown}`);
    const parts = [button];
    const note = this.note();
    if (note) parts.push(note);
    if (this.draft?.theirs) parts.push(this.choice());
    if (note) button.setAttribute("aria-describedby", note.id);
    this.node.replaceChildren(...parts);
    this.node.classList.toggle("is-draft", Boolean(this.draft));
    if (held) button.focus();
  }

  draftShown() { return this.draft.cents === null ? this.draft.text || "–" : euros(this.draft.cents); }

  note() {
    const words = this.draft ? this.draft.why ?? "Enregistrement…" : this.author ? `par ${this.author}` : "";
    if (!words) return null;
    const note = element("span", "programme-note", this.draft?.why ? `${NOT_SAVED}${HARD}: ${words}` : words);
    note.id = `mention-${this.row.id}`;
    return note;
  }

  // Two writers: both amounts are in sight, the second chooses.
  choice() {
    const box = element("span", "programme-choice");
    for (const [words, act] of [["Garder la sienne", () => this.keepTheirs()], ["Garder la mienne", () => this.keepMine()]]) {
      const button = element("button", "btn btn-secondary btn-small", words);
      button.type = "button";
      button.setAttribute("aria-label", `${words}${HARD}: ${this.name}`);
      button.addEventListener("click", act);
      box.append(button);
    }
    return box;
  }

  // -- typed ------------------------------------------------------------------------------------

  open(text) {
    if (this.input) return;
    const field = element("input", "form-control");
    numbers += 1;
    const note = element("span", "programme-note");
    note.id = `saisie-${numbers}`;
    Object.assign(field, { type: "text", inputMode: "decimal", autocomplete: "off", value: text ?? this.draft?.text ?? this.asTyped() });
    field.setAttribute("aria-label", `Proposé, ${this.name}`);
    field.setAttribute("aria-describedby", note.id);
    this.input = field;
    this.node.replaceChildren(field, note);
    field.addEventListener("input", () => this.typed());
    field.addEventListener("blur", () => this.left());
    field.focus();
    if (text === undefined) field.select();
    this.typed();
  }

  typed() {
    const { why, told } = this.check();
    const note = this.node.querySelector(".programme-note");
    const changed = this.input.value.trim() !== this.asTyped();
    note.textContent = why ?? (changed ? [told, NOT_SAVED].filter(Boolean).join(" — ") : told);
    note.classList.toggle("is-wrong", Boolean(why));
    if (why) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
    this.grid.refresh();
  }

  // What is wrong with the amount typed, or what it leaves of its envelope.
  check() {
    const text = this.input.value.trim();
    if (text === "") return { why: this.stored === null ? null : TYPE_ZERO, told: "" };
    const typed = hundredths(text);
    if (typed === null) return { why: TYPE_AMOUNT };
    const requested = cents(this.node.dataset.requested);
    if (requested !== null && typed > requested) return { why: overRequest(requested) };
    const left = envelopeOf(this.node)?.querySelector("[data-sum=left]");
    if (!left) return { why: null, told: "" };
    const others = this.grid.pending().filter((cell) => cell !== this && cell.node.dataset.envelope === this.node.dataset.envelope);
    const rest = [...others, this].reduce((sum, cell) => sum - ((cell.typedCents() ?? cell.stored ?? 0) - (cell.stored ?? 0)), Number(left.dataset.cents));
    return { why: null, told: rest < 0 ? `Au-delà de l’enveloppe${HARD}: ${euros(-rest)} de trop` : `Reste à proposer${HARD}: ${euros(rest)}` };
  }

  restore() {
    this.input = null;
    this.draft = null;
    this.catchUp();
    this.draw();
    this.focus();
    this.grid.refresh();
  }

  left() {
    if (!this.input || this.input === document.activeElement) return;
    // Closing the field moves what is below: not under the finger that is pressing it.
    if (pressed) return void document.addEventListener("pointerup", () => setTimeout(() => this.left()), { once: true });
    const { why } = this.check();
    if (why) this.fail(this.input.value.trim(), hundredths(this.input.value), why);
    else this.commit();
  }

  // Close the field and save what changed; false when the amount is wrong, and the field stays.
  commit() {
    const text = this.input.value.trim();
    const { why } = this.check();
    if (why) {
      announce(why);
      return false;
    }
    this.input = null;
    const typed = hundredths(text);
    if (typed === this.stored) {
      this.draft = null;
      this.catchUp();
    } else this.send(text, typed);
    this.draw();
    this.grid.refresh();
    return true;
  }

  // Nothing of one's own is left here: the colleague's amount is the one shown, and the one seen.
  catchUp() {
    if (this.newer !== null) this.row.dataset.version = this.newer;
    this.newer = null;
  }

  fail(text, typed, why) {
    this.input = null;
    this.draft = { text, cents: typed, why };
    this.draw();
    this.grid.refresh();
    announce(failedWords(this.name, why));
  }

  // -- saved ------------------------------------------------------------------------------------

  send(text, typed) {
    const draft = { text, cents: typed, why: null };
    this.draft = draft;
    // One at a time: the next leaves with the version that the one before was given.
    this.saving = this.saving.then(() => this.post(draft));
  }

  async post(draft) {
    try {
      const answer = await fetch(this.node.dataset.url, {
        method: "POST",
        redirect: "manual",
        headers: { Accept: "application/json" },
        body: new URLSearchParams({ csrf_token: this.grid.table.dataset.csrf, amount: draft.text, version: this.row.dataset.version }),
      });
      // A redirection leads to signing in; 400 is what a token of another session gets.
      if (answer.type === "opaqueredirect" || answer.status === 400) return this.signedOut(draft);
      if (answer.status >= 500 || answer.status === 429) throw new Error("away");
      if (answer.status === 404) return this.refused(draft, { message: "Ce financement n’est plus dans votre tableau." });
      const told = await answer.json();
      if (answer.ok) this.done(draft, told);
      else this.refused(draft, told);
    } catch {
      this.settle(draft, OFFLINE);
      draft.waiting = true;
    }
  }

  done(draft, told) {
    this.row.dataset.version = told.version;
    this.newer = null;
    this.node.dataset.proposed = String(draft.cents);
    this.author = null;
    if (this.draft === draft) this.draft = null;
    if (!this.input) this.draw();
    announce(savedWords(this.name, told.amount));
    this.grid.refresh();
    this.grid.saved();
  }

  refused(draft, told) {
    if (told.theirs) {
      // Choosing is then done with both amounts in sight.
      Object.assign(draft, { theirs: told.theirs, stored: told.proposed, version: told.version });
      return this.settle(draft, conflictWords(told.theirs, told.mine, told.by));
    }
    this.settle(draft, told.message ?? "Ce n’est pas possible.");
  }

  signedOut(draft) {
    this.settle(draft, "votre session est terminée.");
    const link = element("a", "", "reconnectez-vous pour continuer");
    link.href = this.grid.table.dataset.signIn;
    tellState(SIGNED_OUT, link);
  }

  // What could not be saved stays in sight, with its reason.
  settle(draft, why) {
    draft.why = why;
    if (this.draft !== draft) return;
    if (!this.input) this.draw();
    announce(failedWords(this.name, why));
    this.grid.refresh();
  }

  keepTheirs() {
    this.newer = this.draft.version;
    this.node.dataset.proposed = this.draft.stored === null ? "" : String(this.draft.stored);
    this.restore();
    this.grid.saved();
  }

  keepMine() {
    this.row.dataset.version = this.draft.version;
    this.send(this.draft.text, this.draft.cents);
    this.draw();
    this.focus();
  }

  // The connection is back: what waited for it leaves again.
  resend() {
    if (!this.draft?.waiting || this.input) return;
    this.send(this.draft.text, this.draft.cents);
    this.draw();
  }

  // A colleague's amount arrives; false when this cell is being written: its author will choose.
  take(fresh, by) {
    if (this.isBusy()) {
      this.newer = fresh.closest("tr").dataset.version;
      this.node.dataset.proposed = fresh.dataset.proposed;
      const note = this.node.querySelector(".programme-note");
      if (this.input && by && note) note.textContent = meanwhile(by);
      return false;
    }
    Object.assign(this.node.dataset, fresh.dataset);
    this.author = by;
    this.draw();
    return true;
  }
}
