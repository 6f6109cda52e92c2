/**
 * Keys: one place that listens, and that the help lists.
 *
 * @module keys
 */

/** @type {{title: string, keys: object[]}[]} the last group is asked first */
const groups = [];

/**
 * Adds a view's keys until the returned function is called.
 *
 * @param {string} title for the help
 * @param {{key: string, shift?: boolean, shown: string, does: string, run: (event: KeyboardEvent) => void}[]} keys
 *     `key` as in KeyboardEvent.key (letters in lower case); `shift` only where it makes a difference
 */
export function bind(title, keys) {
  const group = {title, keys};
  groups.push(group);
  return () => groups.splice(groups.indexOf(group), 1);
}

/** The groups for the help, the view's first. */
export function listed() {
  return [...groups].reverse();
}

/** Starts to listen. */
export function listen() {
  document.addEventListener("keydown", event => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
      return;
    }
    if (document.querySelector("dialog[open]") !== null || (isTyping(event.target) && !leaves(event))) {
      return;
    }
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if ((name === " " || name === "Enter") && event.target.closest?.("button, a, summary, label")) {
      return; // it activates the control in focus
    }
    for (const {keys} of [...groups].reverse()) {
      const found = keys.find(one => one.key === name && (one.shift === undefined || one.shift === event.shiftKey));
      if (found !== undefined) {
        event.preventDefault();
        found.run(event);
        return;
      }
    }
  });
}

/** Escape also leaves a form while one types, but not a search, which it clears. */
function leaves(event) {
  return event.key === "Escape" && event.target.type !== "search";
}

function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("textarea, select") ||
    (target.matches("input") && !["range", "checkbox", "radio", "button"].includes(target.type)));
}
