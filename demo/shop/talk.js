/**
 * The page of the room: hears states and how many are inside, and learns no more than that. Realm: host page.
 * It never sets `link`, so the invitation stays in the sealed frame.
 */
import { openDrawer } from "./drawer/drawer.js";

const says = document.getElementById("talk-says");
const room = document.querySelector("whatping-room");

room.addEventListener("whatping-people", ({ detail: { count } }) => {
  const people = count === 1 ? "one person is" : `${count} people are`;
  says.textContent = count === 0 ? "" : `This page knows that ${people} inside. Not who, and not what they say.`;
});

openDrawer();
