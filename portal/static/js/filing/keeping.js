// What could not reach the server, kept in this browser until it does.
const PREFIX = "portail:brouillon:";

export function keep(name, entry) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(entry));
    return true;
  } catch {
    return false;
  }
}

export function kept(name) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name));
  } catch {
    return null;
  }
}

export function forget(name) {
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}
