const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f/gu;
const WITHOUT_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/gu;

/** Columns that a text takes in a terminal or an editor: Han, Kana, Hangul and emoji take two. */
export function textWidth(text: string): number {
  return Array.from(text.replace(WIDE, 'xx').replace(WITHOUT_WIDTH, '')).length;
}
