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
  element.append(
    ...children.map((child) =>
      typeof child === "string" ? visible(child) : child
    ),
  );
  return element;
}

/** Sets a text, unless it is there: screen readers would read it again. */
export function setText(element: HTMLElement, text: string): void {
  const shown = visible(text);
  if (element.textContent !== shown) element.textContent = shown;
}

/** Sets the children of an element, and leaves alone those that are there. */
export function setChildren(
  parent: HTMLElement,
  children: readonly Element[],
): void {
  const wanted = new Set(children);
  for (const child of [...parent.children]) {
    if (!wanted.has(child)) child.remove();
  }
  let next = parent.firstElementChild;
  for (const child of children) {
    if (child === next) next = next.nextElementSibling;
    else parent.insertBefore(child, next);
  }
}

const HIDDEN = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A text without what would reorder the text around it. */
export function visible(text: string): string {
  return text.replaceAll(HIDDEN, "\ufffd");
}
