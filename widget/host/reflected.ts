/**
 * Properties that reflect attributes, as HTML's own do: null where there is none. Realm: host page.
 */

/** `screen-share` → `screenShare` */
export const propertyOf = (attribute: string): string =>
  attribute.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Defines a property for each attribute. */
export function reflect(prototype: HTMLElement, attributes: readonly string[]): void {
  for (const name of attributes) {
    Object.defineProperty(prototype, propertyOf(name), {
      get(this: HTMLElement) {
        return this.getAttribute(name);
      },
      set(this: HTMLElement, value: unknown) {
        if (value === null || value === undefined) this.removeAttribute(name);
        else this.setAttribute(name, String(value));
      },
      enumerable: true,
      configurable: true,
    });
  }
}
