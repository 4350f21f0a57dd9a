/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/** The element of the page that has an id. */
export function byId<Kind extends HTMLElement = HTMLElement>(
  id: string,
  kind: { new (): Kind; readonly name: string },
): Kind {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new TypeError(`Cannot find the ${kind.name} "${id}"`);
}

/** A new element, with a class and with children: texts are only ever texts. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.map(visible));
  return element;
}

/** Sets a text, unless it is there: screen readers would read it again. */
export function setText(element: HTMLElement, text: string): void {
  const shown = String(visible(text));
  if (element.textContent !== shown) element.textContent = shown;
}

const HIDDEN = /[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g;

/** Without what would reorder the text around it. */
function visible(child: Node | string): Node | string {
  return typeof child === "string" ? child.replaceAll(HIDDEN, "\ufffd") : child;
}
