/** The elements whose frames a page can't look into, as a selector. Realm: host page. */
export const SEALED = "wisp-recorder, wisp-player, whatping-room";
