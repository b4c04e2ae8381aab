// Quartiers and public as one types: people left to count, residents against what the call asks for,
// equal shares. The server says the same of what is saved (rules/residents.py).
const NARROW = "\u202f";
const HARD = "\u00a0";

for (const box of document.querySelectorAll("[data-public]")) {
  const show = () => { tellTotals(box); tellResidents(box); tellState(box); };
  box.addEventListener("input", show);
  box.querySelector("[data-equal-shares]")?.addEventListener("click", (event) => {
    event.preventDefault();
    shareEqually(box);
  });
  show();
}

function tellTotals(box) {
  const expected = wholeNumber(document.getElementById("people_expected")?.value);
  for (const line of box.querySelectorAll("[data-counted-total]")) {
    const counted = total(box, `[data-counted="${line.dataset.countedTotal}"]`);
    write(line.querySelector("strong"), grouped(counted));
    write(line.querySelector("[data-remainder]"), expected === null ? "" : remainder(expected, counted));
    line.classList.toggle("is-wrong", expected !== null && counted > expected);
  }
}

function remainder(expected, counted) {
  const of = ` sur ${grouped(expected)} attendues${HARD}: `;
  if (counted === expected) return `${of}le compte est bon.`;
  if (counted < expected) return `${of}il en reste ${grouped(expected - counted)} à répartir.`;
  const over = counted - expected;
  return `${of}${grouped(over)}${HARD}${over > 1 ? "personnes" : "personne"} de trop.`;
}

function tellResidents(box) {
  const line = box.querySelector("[data-residents-told]");
  if (!line) return;
  const typed = box.querySelectorAll('[data-residents="qpv"]');
  const residents = typed.length ? total(box, '[data-residents="qpv"]') : Number(line.dataset.count);
  const field = document.getElementById("people_expected");
  const expected = wholeNumber(field ? field.value : line.dataset.expected);
  if (!expected) return write(line, "Le nombre de personnes attendues (rubrique «\u00a0Le public\u00a0») manque pour comparer.");
  const share = Math.floor((residents * 10000) / expected);
  const counted = `${grouped(residents)}${HARD}habitants des quartiers prioritaires sur ${grouped(expected)} personnes attendues, soit ${percent(share)}.`;
  const { part, whole, strict, words } = line.dataset;
  if (!part) return write(line, counted);
  const product = Number(part) * expected;
  const least = strict === "1" ? Math.floor(product / Number(whole)) + 1 : Math.ceil(product / Number(whole));
  const lacking = least - residents;
  const verdict = lacking <= 0 ? "c’est atteint." : `il en manque ${grouped(lacking)}.`;
  line.classList.toggle("is-wrong", lacking > 0);
  write(line, `${counted} L’appel demande ${words}${HARD}: ${verdict}`);
}

function tellState(box) {
  const line = box.querySelector("[data-state-line]");
  if (!line) return;
  const chosen = [...box.querySelectorAll("fieldset.row-group")].filter((row) => {
    const share = row.querySelector("[data-sum=share]")?.value.trim() ?? "";
    return share !== "" && share !== "0";
  });
  const withQpv = chosen.some((row) => row.querySelector('[data-residents="qpv"]'));
  write(line, chosen.length === 0 ? "" : withQpv ? line.dataset.with : line.dataset.without);
}

function shareEqually(box) {
  const rows = [...box.querySelectorAll("fieldset.row-group")];
  const said = rows.filter((row) =>
    [...row.querySelectorAll("[data-sum=share], [data-residents]")].some((field) => !["", "0"].includes(field.value.trim())));
  const among = said.length ? said : rows;
  const low = Math.floor(10000 / among.length);
  among.forEach((row, place) => {
    const part = low + (place < 10000 % among.length ? 1 : 0);
    row.querySelector("[data-sum=share]").value = percent(part).replace(`${HARD}%`, "");
  });
  among[0]?.querySelector("[data-sum=share]").dispatchEvent(new Event("input", { bubbles: true }));
}

function total(box, fields) {
  return [...box.querySelectorAll(fields)].reduce((sum, field) => sum + (wholeNumber(field.value) ?? 0), 0);
}

// Null for what the server would refuse too: it will say why.
function wholeNumber(text) {
  const bare = (text ?? "").replace(/[\s\u00a0\u2009\u202f]/g, "");
  return /^\d{1,9}$/.test(bare) ? Number(bare) : null;
}

function grouped(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, NARROW);
}

function percent(basisPoints) {
  const rest = String(basisPoints % 100).padStart(2, "0").replace(/0+$/, "");
  return `${grouped(Math.floor(basisPoints / 100))}${rest ? `,${rest}` : ""}${HARD}%`;
}

function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
