/** The name of a flow in all its spellings, and which names a new one may have. */

export interface Spellings {
  /** `email-confirmation`. */
  kebab: string;
  /** `emailConfirmation`. */
  camel: string;
  /** `EmailConfirmation`. */
  pascal: string;
  /** `email confirmation`. */
  words: string;
}

const KEBAB = /^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/;

/** So that names made of it (of log groups, of functions) stay within what AWS takes. */
const LONGEST = 30;

/** @param kebab a name that `mistakeIn` has nothing against. */
export function spellingsOf(kebab: string): Spellings {
  const pascal = kebab.replace(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase());
  const camel = `${pascal.slice(0, 1).toLowerCase()}${pascal.slice(1)}`;
  return { kebab, camel, pascal, words: kebab.replaceAll('-', ' ') };
}

/** What is wrong with a name by itself, and what is right; undefined where nothing is. */
export function mistakeIn(name: string): string | undefined {
  if (!KEBAB.test(name))
    return `A flow is named in kebab-case, small letters and digits with hyphens between words: newsletter-signup, not ${name}.`;
  if (name.length > LONGEST) return `${name} is too long: ${LONGEST} characters at the most.`;
  return undefined;
}

/** A text about one flow as a text about another. */
export function renamed(text: string, from: Spellings, to: Spellings): string {
  const spellings = Object.keys(from) as (keyof Spellings)[];
  const spelt = new RegExp(spellings.map((one) => from[one]).join('|'), 'g');
  return text.replace(spelt, (found) => to[spellings.find((one) => from[one] === found) ?? 'kebab']);
}

/** Whether a text spells a word that the new flow would be called in code. */
export const spells = (text: string, { camel }: Spellings): boolean =>
  new RegExp(`\\b${camel}\\b`).test(text);
