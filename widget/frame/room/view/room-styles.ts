/** Every style sheet of the room view, in the order in which they count. Realm: frame. */

import { controlStyle } from "../../clip/view/controls.ts";
import { coveredQuestionStyle } from "../../clip/view/covered-question.ts";
import { questionStyle } from "../../clip/view/question.ts";
import { messageStyle, skeleton, tokens } from "../../clip/view/theme.ts";
import { admissionStyle } from "./admission-dialog.ts";
import { barStyle } from "./bar-style.ts";
import { chatStyle } from "./chat-style.ts";
import { devicePickersStyle } from "./device-pickers.ts";
import { dialogStyle } from "./dialog-style.ts";
import { digitsStyle } from "./digits.ts";
import { doorStyle } from "./door.ts";
import { lobbyStyle } from "./lobby-dialog.ts";
import { noticeStyle } from "./notices.ts";
import { ownLevelStyle } from "./own-level.ts";
import { pageQuestionStyle } from "./page-question.ts";
import { pageWishesStyle } from "./page-wishes-style.ts";
import { peopleStyle } from "./people-style.ts";
import { picturesStyle } from "./pictures-style.ts";
import { preJoinStyle } from "./pre-join-style.ts";
import { roomStyle } from "./room-style.ts";
import { tileStyle } from "./tile-style.ts";

export const roomStyles = [
  tokens,
  skeleton,
  messageStyle,
  controlStyle,
  questionStyle,
  coveredQuestionStyle,
  roomStyle,
  barStyle,
  doorStyle,
  preJoinStyle,
  ownLevelStyle,
  noticeStyle,
  chatStyle,
  peopleStyle,
  picturesStyle,
  tileStyle,
  dialogStyle,
  admissionStyle,
  lobbyStyle,
  devicePickersStyle,
  digitsStyle,
  pageQuestionStyle,
  pageWishesStyle,
];
