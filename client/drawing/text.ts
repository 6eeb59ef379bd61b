/** How wide a text will be, where nothing can measure it: a picture is laid out without a browser. */

const NARROW = /[fijlrtI1 .,:;'|!()[\]{}/]/;
const WIDE = /[mwMW@%→]/;
const CAPITAL = /[A-Z]/;

/** In parts of the font's size, by the widest of the fonts that pages fall back on. */
const widthOfCharacter = (character: string): number => {
  if (NARROW.test(character)) return 0.42;
  if (WIDE.test(character)) return 0.99;
  return CAPITAL.test(character) ? 0.74 : 0.645;
};

/** An estimate on the generous side, in the units of the font's size. */
export const widthOf = (text: string, fontSize: number): number =>
  Math.ceil([...text].reduce((sum, character) => sum + widthOfCharacter(character), 0) * fontSize);

/** Joins pieces into lines of at most so many characters. A piece is never broken. */
export function wrap(pieces: string[], longest: number): string[] {
  const lines: string[] = [];
  for (const piece of pieces) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + piece.length <= longest)
      lines.push(`${lines.pop()} ${piece}`);
    else lines.push(piece);
  }
  return lines;
}
