/**
 * The agents' page: answers a ticket with a clip whose link lands in the reply. Realm: host page.
 * Its recorder carries `expose-link`: from Send on, this page knows the link and with it the key.
 */
import { openDrawer } from "./drawer/drawer.js";

const CUSTOMER = { name: "Ines", address: "ines.okafor@example.com" };

const record = document.getElementById("record");
const studio = document.getElementById("studio");
const reply = document.getElementById("reply");
const says = document.getElementById("composer-says");

/** The recorder comes with the first click: no frame is loaded for tickets that are answered in writing. */
function openStudio() {
  const recorder = document.createElement("wisp-recorder");
  recorder.setAttribute("recipient", CUSTOMER.address);
  recorder.setAttribute("max-seconds", "120");
  recorder.setAttribute("expose-link", "");
  recorder.addEventListener("wisp-sent", (event) => pasteLink(event.detail));
  document.getElementById("studio-frame").append(recorder);
}

record.addEventListener("click", () => {
  studio.hidden = !studio.hidden;
  record.setAttribute("aria-expanded", String(!studio.hidden));
  if (studio.hidden) return;
  if (!document.querySelector("wisp-recorder")) openStudio();
  studio.scrollIntoView({ block: "nearest" });
});

/** Puts the paste-ready sentence at the end of what the agent has written. */
function pasteLink({ link, expiresAt }) {
  const until = new Date(expiresAt).toLocaleString([], { dateStyle: "full", timeStyle: "short" });
  const written = reply.value.trimEnd();
  reply.value =
    `${written}\n\nI have recorded an answer for you: ${link}\n` +
    `It opens once, until ${until}. Take your time: it starts with your click.\n\nWarm regards,\nMara`;
  says.textContent = "The link is in your reply.";
  reply.scrollTop = reply.scrollHeight;
}

document.getElementById("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(reply.value);
    says.textContent = "Copied.";
  } catch {
    reply.select();
    says.textContent = "This browser did not let the page copy. The reply is selected: copy it with the keyboard.";
  }
});

document.getElementById("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const said = document.createElement("li");
  said.className = "agent";
  const who = document.createElement("p");
  who.className = "who";
  who.append(Object.assign(document.createElement("strong"), { textContent: "Mara" }), " just now");
  const text = document.createElement("p");
  text.append(...withLinks(reply.value.trim()));
  said.append(who, text);
  document.getElementById("thread").append(said);
  document.getElementById("status").textContent = "answered";
  reply.value = "";
  says.textContent = "Sent (in this demo, only to the thread above).";
});

/** Text with its http addresses as links that open in tabs of their own. */
function withLinks(text) {
  return text.split(/(https?:\/\/\S+)/).map((part) => {
    if (!/^https?:\/\//.test(part)) return part;
    const link = document.createElement("a");
    link.href = part;
    link.target = "_blank";
    link.rel = "noreferrer";
    link.textContent = part;
    return link;
  });
}

openDrawer();
