// Documents sent one by one as they are chosen or dropped, with their progress and a way to stop.
// Without this the same form sends them by its button.
const MEGA = 1024 * 1024;

for (const form of document.querySelectorAll("form[data-upload]")) improve(form);

function improve(form) {
  const zone = form.querySelector("[data-drop]");
  const status = document.createElement("div");
  status.className = "upload-status";
  status.setAttribute("role", "status");
  form.append(status);
  const hint = document.createElement("p");
  hint.className = "drop-hint";
  hint.textContent = "Ou déposez vos fichiers ici.";
  zone.append(hint);
  zone.classList.add("drop-zone");
  for (const kind of ["dragenter", "dragover"]) {
    zone.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.add("drop-over");
    });
  }
  for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("drop-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    send(form, status, [...event.dataTransfer.files]);
  });
  form.addEventListener("submit", (event) => {
    const chosen = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
    // Nothing chosen: the server says so at its place.
    if (!chosen.length) return;
    event.preventDefault();
    send(form, status, chosen);
  });
}

async function send(form, status, files) {
  if (form.dataset.busy || !files.length) return;
  form.dataset.busy = "yes";
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  status.replaceChildren();
  const refused = [];
  let added = 0;
  let stopped = false;
  for (const file of files.slice(0, Number(form.dataset.most))) {
    const answer = await sendOne(form, status, file);
    if (answer.stopped) {
      stopped = true;
      break;
    }
    if (!answer.errors.length) added += 1;
    refused.push(...answer.errors.map((told) => `« ${file.name} » : ${told}`));
  }
  if (files.length > Number(form.dataset.most)) refused.push(`Envoyez au plus ${form.dataset.most} fichiers à la fois.`);
  delete form.dataset.busy;
  button.disabled = false;
  if (refused.length || stopped) tell(status, refused, stopped, added);
  else await renew(form);
}

function sendOne(form, status, file) {
  if (file.size > Number(form.dataset.largest)) {
    const limit = Math.floor(Number(form.dataset.largest) / MEGA);
    return Promise.resolve({ errors: [`Le fichier dépasse ${limit} Mo.`] });
  }
  return new Promise((resume) => {
    const request = new XMLHttpRequest();
    const line = progressLine(file, () => request.abort());
    status.append(line.box);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) line.bar.value = event.loaded / event.total;
    });
    const end = (answer) => {
      line.box.remove();
      resume(answer);
    };
    request.addEventListener("load", () => end({ errors: errorsOf(request) }));
    request.addEventListener("error", () => end({ errors: ["l’envoi a été coupé. Vérifiez la connexion, puis renvoyez-le."] }));
    request.addEventListener("abort", () => end({ errors: [], stopped: true }));
    request.open("POST", location.pathname);
    request.setRequestHeader("Accept", "application/json");
    request.send(body(form, file));
  });
}

function body(form, file) {
  const sent = new FormData();
  for (const field of form.elements) {
    if (field.name && field.type !== "file" && field.type !== "submit") sent.append(field.name, field.value);
  }
  sent.append("file", file, file.name);
  return sent;
}

function errorsOf(request) {
  try {
    return JSON.parse(request.responseText).errors;
  } catch {
    return ["le portail n’a pas pu le recevoir. Rechargez la page, puis renvoyez-le."];
  }
}

function progressLine(file, stop) {
  const box = document.createElement("div");
  box.className = "upload-line";
  const words = document.createElement("p");
  words.textContent = `Envoi de « ${file.name} »…`;
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `Envoi de ${file.name}`);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-secondary btn-small";
  button.textContent = "Annuler l’envoi";
  button.addEventListener("click", stop);
  box.append(words, bar, button);
  return { box, bar };
}

function tell(status, refused, stopped, added) {
  const told = [...refused];
  if (stopped) told.push("L’envoi est annulé : ce fichier n’a pas été ajouté.");
  const words = told.map((each) => {
    const line = document.createElement("p");
    line.className = "field-error";
    line.textContent = each;
    return line;
  });
  if (added) {
    const line = document.createElement("p");
    line.textContent = added === 1 ? "1 autre fichier est ajouté." : `${added} autres fichiers sont ajoutés.`;
    words.push(line);
  }
  const again = document.createElement("a");
  again.href = location.pathname;
  again.textContent = "Actualiser la liste des documents";
  status.replaceChildren(...words, again);
}

// The document's line as the server tells it now. The others stay as they are: one may be sending a
// file of its own, or have one chosen.
async function renew(form) {
  const id = new URL(form.action).hash.slice(1);
  let page;
  try {
    const answer = await fetch(location.pathname);
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return location.reload();
  }
  const [now, before] = [page.getElementById(id), document.getElementById(id)];
  if (!now) return location.reload();
  const focused = before.contains(document.activeElement) || document.activeElement === document.body;
  before.replaceWith(document.adoptNode(now));
  for (const one of now.querySelectorAll("form[data-upload]")) improve(one);
  const [state, shown] = [page.getElementById("etat"), document.getElementById("etat")];
  shown.replaceChildren(...state.childNodes);
  document.querySelector(".error-summary")?.remove();
  if (focused) now.focus();
}
