// The running total of the analysis sheet, as the server computes it: weight × mark, out of 100.
for (const form of document.querySelectorAll("form[data-scoring]")) {
  const total = form.querySelector("[data-total]");
  const note = form.querySelector("[data-total-note]");
  const show = () => {
    let points = 0;
    let weights = 0;
    for (const criterion of form.querySelectorAll("[data-weight]")) {
      const weight = Number(criterion.dataset.weight);
      const chosen = criterion.querySelector("input[type=radio]:checked");
      weights += weight;
      points += weight * Number(chosen?.value ?? 0);
    }
    const hundredths = weights ? Math.round((points * 10000) / (weights * 4)) : 0;
    total.textContent = (hundredths / 100).toFixed(2).replace(".", ",");
    note.textContent = "d’après les notes cochées";
  };
  if (total) form.addEventListener("change", show);
}
