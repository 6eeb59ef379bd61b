/** What all of the picture is made of. */
import { h } from 'preact';
import type { Box } from './layout.ts';
import { rounded } from './lines.ts';

export const classes = (...names: (string | false | undefined)[]): string => names.filter(Boolean).join(' ');

/** Text whose middle is here; a class may let it begin here. */
export const written = (kind: string, x: number, y: number, text: string) =>
  h('text', { class: kind, x: rounded(x), y: rounded(y) }, text);

/** A box as a `rect` is told of it. */
export const corner = (box: Box, inset = 0) => ({
  x: rounded(box.x - box.width / 2 + inset),
  y: rounded(box.y - box.height / 2 + inset),
  width: rounded(box.width - 2 * inset),
  height: rounded(box.height - 2 * inset),
});
