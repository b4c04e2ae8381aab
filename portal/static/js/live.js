// The screen of a sitting: what is typed moves the rest of each envelope; Ctrl and an arrow turn the page.
const euros = new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR" });

function cents(text) {
  const plain = text.replace(/[\s\u00a0\u202f€]/g, "").replace(",", ".");
  return /^\d+(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : 0;
}

function retains(form) {
  const chosen = form.querySelector("[name=outcome]:checked");
  return !chosen || chosen.value.startsWith("retained");
}

function followAmounts(form) {
  const rows = [...document.querySelectorAll("[data-envelope-left]")];
  const fields = [...form.querySelectorAll("[data-envelope]")];
  if (!rows.length || !fields.length) return;
  const before = new Map(fields.map((field) => [field, Number(field.dataset.counted)]));
  const show = () => {
    const counts = retains(form);
    for (const row of rows) {
      let left = Number(row.dataset.left);
      for (const field of fields) {
        if (field.dataset.envelope !== row.dataset.envelopeLeft) continue;
        left += before.get(field) - (counts ? cents(field.value) : 0);
      }
      row.querySelector("dd").textContent = euros.format(left / 100);
      row.classList.toggle("over", left < 0);
    }
  };
  form.addEventListener("input", show);
  document.querySelector("[data-live-note]").hidden = false;
  show();
}

function turnPages() {
  document.querySelector("[data-live-keys]").hidden = false;
  document.addEventListener("keydown", (event) => {
    if (!event.ctrlKey || event.altKey || event.target.closest("input, textarea, select")) return;
    const rel = { ArrowRight: "next", ArrowLeft: "prev" }[event.key];
    const link = rel && document.querySelector(`.live-nav a[rel=${rel}]`);
    if (!link) return;
    event.preventDefault();
    link.click();
  });
}

const form = document.querySelector(".live form[data-guard]");
if (form) followAmounts(form);
turnPages();
