// Totals that follow one's typing: whole numbers of hundredths, as on the server. Fields carry data-sum (the sums
// they enter),
// outputs data-total (a sum), data-difference (two sums) or data-total-gap (what is left to reach a whole).
const NARROW = "\u202f";
const HARD = "\u00a0";

export function showTotals(part) {
  const show = () => update(part);
  part.addEventListener("input", show);
  part.addEventListener("portal:lines", show);
  show();
}

function update(part) {
  const sums = {};
  for (const field of part.querySelectorAll("[data-sum]")) {
    const typed = hundredths(field.value);
    for (const name of field.dataset.sum.split(" ")) sums[name] = (sums[name] ?? 0) + (typed ?? 0);
  }
  for (const output of part.querySelectorAll("[data-total]")) {
    write(output, sums[output.dataset.total] ?? 0);
  }
  for (const output of part.querySelectorAll("[data-difference]")) {
    const [more, less] = output.dataset.difference.split(" ");
    const gap = (sums[more] ?? 0) - (sums[less] ?? 0);
    write(output, gap);
    output.className = gap === 0 ? "is-right" : "is-wrong";
  }
  for (const output of part.querySelectorAll("[data-total-gap]")) tellGap(output, sums);
  for (const box of part.querySelectorAll("[data-hide-zero]")) {
    const totals = [...box.querySelectorAll("[data-total]")];
    box.hidden = totals.every((output) => !sums[output.dataset.total]);
  }
}

function tellGap(output, sums) {
  const gap = Number(output.dataset.whole) * 100 - (sums[output.dataset.totalGap] ?? 0);
  const words = gap === 0 ? "Le compte est bon." : gap > 0 ? `Il reste ${shown(gap, "%")} à répartir.` : `C’est ${shown(-gap, "%")} de trop.`;
  if (output.textContent !== words) output.textContent = words;
  output.className = gap === 0 ? "is-right" : "is-wrong";
}

function write(output, value) {
  const words = shown(value, output.dataset.unit ?? "");
  if (output.textContent !== words) output.textContent = words;
}

// Null for what the server would refuse too: it will say why.
export function hundredths(text) {
  const bare = text.replace(/[\s\u00a0\u2009\u202f€%]/g, "");
  const found = /^(\d{1,12})(?:[.,](\d{1,2}))?$/.exec(bare);
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : null;
}

export function shown(value, unit) {
  const whole = String(Math.floor(Math.abs(value) / 100)).replace(/\B(?=(\d{3})+$)/g, NARROW);
  const rest = String(Math.abs(value) % 100).padStart(2, "0");
  const decimals = unit === "€" ? `,${rest}` : rest === "00" ? "" : `,${rest}`.replace(/0$/, "");
  return `${value < 0 ? "−" : ""}${whole}${decimals}${unit ? HARD + unit : ""}`;
}
