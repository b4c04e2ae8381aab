// Jobs: data-poll-url answers {state, done, total, message, url}; state is "finished", "failed",
// or anything else while under way. The bar follows; at the end a link leads to the result.
const EVERY = 1500;
const AT_MOST = 15000;

export function followJobs(root) {
  for (const box of root.querySelectorAll("[data-poll-url]")) follow(box);
}

async function follow(box) {
  let pause = EVERY;
  for (;;) {
    const job = await ask(box.dataset.pollUrl);
    if (job) {
      show(box, job);
      if (job.state === "finished" || job.state === "failed") return;
      pause = EVERY;
    } else {
      // The network or the server is away for a while: ask less and less often.
      pause = Math.min(pause * 2, AT_MOST);
    }
    await new Promise((resume) => setTimeout(resume, pause));
    await visible();
  }
}

async function ask(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function show(box, job) {
  const bar = box.querySelector("[data-poll-bar]");
  const message = box.querySelector("[data-poll-message]");
  const result = box.querySelector("[data-poll-result]");
  if (job.message && message.textContent !== job.message) message.textContent = job.message;
  if (job.total) {
    bar.max = job.total;
    bar.value = job.done ?? 0;
  }
  if (job.state === "finished") {
    bar.max = bar.value = job.total || 1;
    if (job.url) result.replaceChildren(link(job.url, job.label ?? "Télécharger le fichier"));
    else result.remove();
  } else if (job.state === "failed") {
    bar.remove();
    box.classList.add("job-failed");
  }
}

function link(url, words) {
  const anchor = document.createElement("a");
  anchor.className = "btn btn-primary";
  anchor.href = url;
  anchor.textContent = words;
  return anchor;
}

function visible() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resume) => document.addEventListener("visibilitychange", resume, { once: true }));
}
