/**
 * The product page: hears that a question was sent, and learns no more than that. Realm: host page.
 * It never sets `expose-link`, so the link stays in the sealed frame.
 */
import { openDrawer } from "./drawer/drawer.js";

const sent = document.getElementById("sent");
const recorder = document.querySelector("wisp-recorder");

recorder.addEventListener("wisp-sent", (event) => {
  const until = new Date(event.detail.expiresAt).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  sent.hidden = false;
  sent.textContent =
    `Sealed and ready until ${until}. Copy its link in the frame and mail it to mara@lehm-and-lark.example: ` +
    "this page can't do that for you, because nobody told it the link.";
});

let teapots = 0;
document.getElementById("basket").addEventListener("click", () => {
  teapots += 1;
  const count = teapots === 1 ? "One teapot is" : `${teapots} teapots are`;
  document.getElementById("basket-says").textContent = `${count} in your basket. (Nothing is for sale here, sadly.)`;
});

openDrawer();
