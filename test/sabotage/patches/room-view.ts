/** Sabotage of what a person sees of a room, of who their browser is, and of a server that stops while they are inside. */
import type { Patch } from "../patches.ts";

export const roomViewPatches: readonly Patch[] = [
  {
    name: "all of a long chat is drawn anew for each message",
    file: "widget/frame/room/view/chat-scroll.ts",
    find: "return at > 0 ? lines.slice(at) : lines;",
    replace: "return lines;",
    test: "test/widget/views/long-chat.test.ts",
    title: "whoever reads the end has the newest lines drawn",
  },
  {
    name: "room view: the identity key can be exported",
    file: "widget/seal/ed25519.ts",
    find: 'crypto.subtle.generateKey("Ed25519", false,',
    replace: 'crypto.subtle.generateKey("Ed25519", true,',
    test: "test/flow/rooms/browser-identity.test.ts",
    title: "the private key can't be exported",
  },
  {
    name: "room view: nobody is told that this browser keeps nothing",
    file: "widget/frame/room/room.ts",
    find: "return { ...room, isKept: false };",
    replace: "return room;",
    test: "test/flow/rooms/browser-identity.test.ts",
    title: "where the browser keeps nothing",
  },
  {
    name: "room view: who reloads is news",
    file: "widget/frame/room/news.ts",
    find: "identity === person.identity && name === person.name",
    replace: 'identity === person.identity && name === ""',
    test: "test/flow/rooms/browser-room.test.ts",
    title: "a tab that is killed",
  },
  {
    name: "room view: a server that stops waits for spare connections",
    file: "api/drain.ts",
    find: "if (socket.bytesRead === 0) socket.destroy();",
    replace: "if (socket.bytesRead < 0) socket.destroy();",
    test: "test/api/drain.test.ts",
    title: "on which nothing was asked",
  },
  {
    name: "room view: a server that stops cuts off who is being answered",
    file: "api/drain.ts",
    find: "if (socket.bytesRead === 0) socket.destroy();",
    replace: "socket.destroy();",
    test: "test/api/drain.test.ts",
    title: "that was under way is answered",
  },
];
