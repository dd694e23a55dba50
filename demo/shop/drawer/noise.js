/** Draws sealed bytes as a square of grey: what a sealed picture looks like to whoever stores it. Realm: host page. */

/** Bytes → a canvas, one byte a pixel. */
export function noiseTile(bytes) {
  const side = Math.max(1, Math.floor(Math.sqrt(bytes.length)));
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext("2d");
  const picture = context.createImageData(side, side);
  for (let i = 0; i < side * side; i++) {
    picture.data.fill(bytes[i], i * 4, i * 4 + 3);
    picture.data[i * 4 + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
  return canvas;
}

/** `7f 3a …` with a space between bytes. */
export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
