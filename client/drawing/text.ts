/** How wide a text will be, where nothing can measure it: a picture is laid out without a browser. */

/** Widths in parts of the font's size: of DejaVu Sans and Verdana, the widest fonts that a page may fall back on, the wider. */
const widths: [characters: RegExp, width: number][] = [
  [/[ijl'|]/, 0.3],
  [/[ft I.,:;!]/, 0.43],
  [/[r()/[\]{}-]/, 0.46],
  [/[cksvxyzJ]/, 0.6],
  [/[mMW@%]/, 1],
  [/[wCGNHOQDU→]/, 0.86],
  [/[A-Z]/, 0.75],
];
const OTHER = 0.65;
/** Names are written bold. */
const BOLD = 1.12;

const widthOfCharacter = (character: string): number =>
  widths.find(([characters]) => characters.test(character))?.[1] ?? OTHER;

/** An estimate on the generous side, in the units of the font's size. */
export function widthOf(text: string, fontSize: number, weight: 'normal' | 'bold' = 'normal'): number {
  const sum = [...text].reduce((width, character) => width + widthOfCharacter(character), 0);
  return Math.ceil(sum * fontSize * (weight === 'bold' ? BOLD : 1));
}

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
