/** As much of XML as a picture is made of: elements, attributes in double quotes, text. */

const token = /<\/([\w-]+)>|<([\w-]+)((?:\s+[\w:-]+="(?:[^"<&]|&\w+;)*")*)\s*(\/?)>|([^<]+)/y;
const entities: { [name: string]: string } = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Whether every element is closed in its turn, no attribute stands twice, and nothing is left that is no XML. */
export function wellFormed(xml: string): boolean {
  const open: string[] = [];
  let roots = 0;
  token.lastIndex = 0;
  while (token.lastIndex < xml.length) {
    const found = token.exec(xml);
    if (!found) return false;
    const [, closed, opened, attributes = '', empty, text] = found;
    if (closed !== undefined && open.pop() !== closed) return false;
    if (text !== undefined && (!isText(text) || (open.length === 0 && text.trim() !== ''))) return false;
    if (opened === undefined) continue;
    const names = [...attributes.matchAll(/([\w:-]+)="/g)].map(([, name]) => name);
    if (new Set(names).size < names.length) return false;
    if (open.length === 0) roots += 1;
    if (empty === '') open.push(opened);
  }
  return open.length === 0 && roots === 1;
}

const isText = (text: string) =>
  !text.includes(']]>') &&
  [...text.matchAll(/&(\w*)(;?)/g)].every(([, name = '', end]) => name in entities && end === ';');

/** What stands in the `text` elements. */
export const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text = '']) =>
    text.replace(/&(\w+);/g, (_, name: string) => entities[name] ?? ''),
  );
