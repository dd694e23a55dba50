/**
 * Shows a clip in the page by its pasted link. Realm: host page, which knows the key from the paste on.
 */
import { openDrawer } from "./drawer/drawer.js";

const form = document.getElementById("paste");
const says = document.getElementById("paste-says");
const place = document.getElementById("player");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const link = new FormData(form).get("link").trim();
  if (!/^https?:\/\/[^/]+\/v\/[\w-]+(#|%23)k=/.test(link)) {
    says.textContent = "That does not look like a clip's link. It has /v/ in its middle and #k= near its end.";
    return;
  }
  says.textContent = "";
  const player = document.createElement("wisp-player");
  player.setAttribute("src", link);
  place.replaceChildren(player);
  place.hidden = false;
  place.scrollIntoView({ block: "nearest" });
});

openDrawer();
