import { type Place, refuse } from './refusal.ts';

/** The arguments of a function, trimmed: split at commas that are neither in quotes nor in brackets. */
export function splitArguments(text: string, place: Place): string[] {
  if (text.trim() === '') return [];
  const args: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const sign = text[index];
    if (sign === "'") quoted = !quoted;
    if (quoted) continue;
    if (sign === '(') depth++;
    if (sign === ')') depth--;
    if (sign !== ',' || depth !== 0) continue;
    args.push(text.slice(start, index).trim());
    start = index + 1;
  }
  if (quoted || depth !== 0) refuse(place, `(${text}) has a quote or a bracket that is not closed`);
  return [...args, text.slice(start).trim()];
}
