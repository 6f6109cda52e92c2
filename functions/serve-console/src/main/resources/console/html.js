/**
 * The renderer: preact with templates in place of JSX. Views import it from here only.
 *
 * @module html
 */
import {Component, createRef, Fragment, h, render} from "./vendor/preact.mjs";
import htm from "./vendor/htm.mjs";

export const html = htm.bind(h);
export {Component, createRef, Fragment, render};

/** Joins the class names that apply. */
export function classes(...names) {
  return names.filter(Boolean).join(" ");
}
