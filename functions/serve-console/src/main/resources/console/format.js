/**
 * Numbers, times and ids as people read them. Pure: the time now is passed in.
 *
 * @module format
 */
import {isolate} from "./bidi.js";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A quantity without needless decimals, with thin thousands: 1500.0 is "1 500". */
export function quantity(value) {
  if (!Number.isFinite(value)) {
    return "–";
  }
  const rounded = Math.round(value * 10) / 10;
  const [whole, part] = Math.abs(rounded).toFixed(Number.isInteger(rounded) ? 0 : 1).split(".");
  const grouped = whole.length > 3 ? whole.replace(/\B(?=(\d{3})+$)/g, "\u202f") : whole;
  return `${rounded < 0 ? "−" : ""}${grouped}${part === undefined ? "" : `.${part}`}`;
}

/** A difference with its sign; empty for none. */
export function signed(value) {
  if (!Number.isFinite(value) || Math.abs(value) < 0.05) {
    return "";
  }
  return value > 0 ? `+${quantity(value)}` : quantity(value);
}

/** An amount of money: "$0", "$0.0042", "$1.27". */
export function money(usd) {
  if (!Number.isFinite(usd)) {
    return "–";
  }
  if (usd === 0) {
    return "$0";
  }
  if (usd < 0.00005) {
    return "< $0.0001";
  }
  return `$${usd < 0.1 ? usd.toFixed(4) : usd.toFixed(2)}`;
}

/** An amount of memory: "0.4 MB", "1 370 MB". */
export function megabytes(bytes) {
  return Number.isFinite(bytes) ? `${quantity(bytes / 1e6)} MB` : "–";
}

/** A duration in two significant parts at most: "420 ms", "12.3 s", "4 min 5 s", "2 h 10 min". */
export function duration(millis) {
  if (!Number.isFinite(millis) || millis < 0) {
    return "–";
  }
  if (millis < SECOND) {
    return `${Math.round(millis)} ms`;
  }
  if (millis < 20 * SECOND) {
    return `${(millis / SECOND).toFixed(1)} s`;
  }
  if (millis < MINUTE) {
    return `${Math.round(millis / SECOND)} s`;
  }
  const parts = millis < HOUR
    ? [[Math.floor(millis / MINUTE), "min"], [Math.floor(millis % MINUTE / SECOND), "s"]]
    : millis < DAY
      ? [[Math.floor(millis / HOUR), "h"], [Math.floor(millis % HOUR / MINUTE), "min"]]
      : [[Math.floor(millis / DAY), "d"], [Math.floor(millis % DAY / HOUR), "h"]];
  return parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`).join(" ");
}

/** The time of an event, relative to now: "just now", "12 s ago", "3 h ago"; a date after a week. */
export function ago(timestamp, now) {
  const at = Date.parse(timestamp);
  if (Number.isNaN(at)) {
    return "–";
  }
  const passed = Math.max(0, now - at); // clocks differ
  if (passed < 5 * SECOND) {
    return "just now";
  }
  if (passed < MINUTE) {
    return `${Math.floor(passed / SECOND)} s ago`;
  }
  if (passed < HOUR) {
    return `${Math.floor(passed / MINUTE)} min ago`;
  }
  if (passed < DAY) {
    return `${Math.floor(passed / HOUR)} h ago`;
  }
  if (passed < 7 * DAY) {
    return `${Math.floor(passed / DAY)} d ago`;
  }
  return new Date(at).toISOString().slice(0, 10);
}

/** The exact time, in UTC as everywhere in the product. */
export function exact(timestamp) {
  const at = Date.parse(timestamp);
  return Number.isNaN(at) ? "" : `${new Date(at).toISOString().replace("T", " ").slice(0, 23)} UTC`;
}

/** The first 8 digits of a run id; the whole one is copied. */
export function shortId(runId) {
  return String(runId).slice(0, 8);
}

/** A count with its noun: "1 event", "3 events". */
export function count(n, noun, plural = `${noun}s`) {
  return `${quantity(n)} ${n === 1 ? noun : plural}`;
}

/** A quantity in at most four characters, for where there is little room: "850", "1.2k", "34k". */
export function brief(value) {
  if (!Number.isFinite(value)) {
    return "–";
  }
  return value < 1_000 ? String(Math.round(value)) : value < 9_950 ? `${(value / 1_000).toFixed(1)}k`
    : value < 999_500 ? `${Math.round(value / 1_000)}k` : `${(value / 1_000_000).toFixed(1)}M`;
}

/** Tokens of a call of a model as its service counted them: "1 230 in (800 cached), 95 out". */
export function tokens({tokens_in: input, tokens_out: output, tokens_cached: cached}) {
  return `${quantity(input)} in${cached > 0 ? ` (${quantity(cached)} cached)` : ""}, ${quantity(output)} out`;
}

/** Names separated by commas; the direction of one does not affect what follows it. */
export function list(names) {
  return names.map(isolate).join(", ");
}

/** Cuts a text to so many code points. */
export function cut(text, max) {
  if (text.length <= max) {
    return text;
  }
  let end = max;
  const code = text.charCodeAt(end - 1);
  if (code >= 0xd800 && code <= 0xdbff) {
    end--; // not in the middle of a pair
  }
  return `${text.slice(0, end)}…`;
}
