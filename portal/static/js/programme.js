// The programming table, edited in place: « Proposer » opens a field in its row, saved by itself.
// Without this script the same link leads to the page of the line.
const table = document.querySelector("[data-programme]");
if (table) table.addEventListener("click", open);

function open(event) {
  const link = event.target.closest("[data-propose]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const form = fill(link);
  link.hidden = true;
  link.after(form);
  form.elements.amount.select();
}

function fill(link) {
  const form = element("form", "programme-form");
  const input = element("input", "form-control");
  Object.assign(input, { name: "amount", value: link.dataset.amount, inputMode: "decimal", autocomplete: "off" });
  input.setAttribute("aria-label", link.dataset.label);
  const message = element("p", "programme-message");
  message.setAttribute("role", "status");
  form.append(input, button("submit", "Enregistrer", "btn-primary"), button("button", "Annuler", "btn-secondary"), message);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(link, form);
  });
  form.querySelector("button[type=button]").addEventListener("click", () => close(link, form));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close(link, form);
  });
  return form;
}

function close(link, form) {
  form.remove();
  link.hidden = false;
  link.focus();
}

async function save(link, form) {
  const message = form.querySelector(".programme-message");
  message.textContent = "Enregistrement…";
  let answer, told;
  try {
    answer = await fetch(link.href, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({
        csrf_token: table.dataset.csrf,
        amount: form.elements.amount.value,
        version: link.dataset.version,
      }),
    });
    told = await answer.json();
  } catch {
    message.textContent = "La connexion a manqué : rien n’est enregistré, essayez à nouveau.";
    return;
  }
  // Saving again after a conflict is a choice made with both amounts in sight.
  if (told.version) link.dataset.version = told.version;
  if (answer.ok) return done(link, form, told);
  message.textContent = told.theirs
    ? `${told.message} Enregistré : ${told.theirs} ; votre saisie : ${told.mine}.`
    : told.message ?? "Ce n’est pas possible.";
  form.elements.amount.setAttribute("aria-invalid", "true");
}

function done(link, form, told) {
  const row = link.closest("tr");
  row.querySelector("[data-proposed]").textContent = told.amount;
  row.querySelector("[data-status]").textContent = told.status;
  link.dataset.amount = form.elements.amount.value;
  close(link, form);
  refreshTotals();
}

async function refreshTotals() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelectorAll("[data-programme-totals]");
  document.querySelectorAll("[data-programme-totals]").forEach((old, index) => old.replaceWith(fresh[index]));
}

function element(name, className) {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

function button(type, words, tone) {
  const made = element("button", `btn btn-small ${tone}`);
  made.type = type;
  made.textContent = words;
  return made;
}
