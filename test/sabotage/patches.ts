/**
 * Small acts of sabotage, each of which must turn its named test red. A test that stays green under its patch tests
 * nothing. Used by `npm run sabotage`.
 */

export interface Patch {
  /** what the patch does, as the table shows it */
  name: string;
  /** path from the root */
  file: string;
  /** the exact text to replace; it must occur exactly once in the file */
  find: string;
  replace: string;
  /** test file that must turn red, path from the root */
  test: string;
  /** regular expression for the full title, names of suites first, with spaces between */
  title: string;
}

export const patches: readonly Patch[] = [
  {
    name: "the segment index is left out of the nonce",
    file: "widget/seal/clip.ts",
    find: "view.setUint32(7, place.index);",
    replace: "",
    test: "test/widget/media/clip-nonces.test.ts",
    title: "no key and nonce seal twice",
  },
  {
    name: "the view token is derived under the label of the metadata key",
    file: "widget/seal/clip.ts",
    find: "deriveBits(hkdf(CLIP_VIEW)",
    replace: "deriveBits(hkdf(CLIP_METADATA)",
    test: "test/widget/seal/clip-metadata.test.ts",
    title: "the view token is HKDF-SHA-256 of the key under its label",
  },
  {
    name: "base64url with stray low bits is taken",
    file: "widget/wire/bytes.ts",
    find: "return toBase64url(bytes) === text ? bytes : null;",
    replace: "return bytes;",
    test: "test/widget/wire/bytes.test.ts",
    title: "^refuses",
  },
];
