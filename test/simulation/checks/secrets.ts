/** Invariant 12: no code, password or token at rest or in any signal; phone numbers only in the tables. */
import type { JsonObject } from '../../../core/types.ts';
import type { Run } from '../run.ts';
import type { Story } from './story.ts';
import type { Violation } from './violation.ts';

export function secrets({ around, logins }: Run, stories: Story[]): Violation[] {
  const codes = new Set(
    stories.flatMap(({ performed }) =>
      performed.map(({ detail }) => String(detail['body'] ?? '').slice(0, 6)),
    ),
  );
  codes.delete('');
  const words = [
    ...logins.people.map(({ password }) => password),
    ...stories.flatMap(({ answered }) =>
      answered.flatMap(({ answer }) => {
        const token =
          typeof answer === 'object' && 'reply' in answer && (answer.reply as JsonObject)['token'];
        return token ? [String(token)] : [];
      }),
    ),
  ];
  const phones = logins.people.map(({ phone }) => phone);
  // As a whole number, not as a part of an instant or of a hash.
  const holdsCode = (text: string) =>
    text.match(/(?<![\w-])\d{6}(?![\w-])/g)?.some((digits) => codes.has(digits));
  const violations: Violation[] = [];
  for (const { writes } of around.trace.of('committed')) {
    const text = JSON.stringify(writes);
    if (holdsCode(text)) violations.push({ invariant: 12, message: 'a code is at rest' });
    if (words.some((word) => text.includes(word)))
      violations.push({ invariant: 12, message: 'a secret is at rest' });
  }
  for (const { signal } of around.trace.of('signal')) {
    const text = JSON.stringify(signal);
    if (holdsCode(text) || [...words, ...phones].some((word) => text.includes(word))) {
      violations.push({ invariant: 12, message: `a signal tells a secret: ${signal.type}` });
    }
  }
  for (const { answer } of stories.flatMap(({ answered }) => answered)) {
    const view = answer !== 'broken' && 'view' in answer ? JSON.stringify(answer.view) : '';
    if (phones.some((phone) => view.includes(phone)))
      violations.push({ invariant: 12, message: 'a view tells a phone' });
  }
  return violations;
}
