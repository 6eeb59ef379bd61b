/** The runbook and the stack say the same: whoever is woken finds the heading, and no heading is left of an alarm that went. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ofType, synthesised } from './support.ts';

const stack = synthesised({ protectConfiguration: true });
const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');

/** As GitHub makes an anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

const headings = (level: number, text: string): string[] =>
  [...text.matchAll(new RegExp(`^#{${level}} (.+)$`, 'gm'))].map(([, heading = '']) => heading);
const ofAlarms = headings(3, runbook.split(/^## Alarms$/m)[1]?.split(/^## /m)[0] ?? '');

const alarms = ofType(stack, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => ({
  name: String(Properties['AlarmName']),
  description: String(Properties['AlarmDescription']),
}));

test('every alarm has a heading of its name, every such heading an alarm', () => {
  expect(ofAlarms).toEqual(alarms.map(({ name }) => name.replace('Detent-dev ', '')));
});

test.each(alarms)('$name leads to its heading, and says first what it means', ({ name, description }) => {
  const [, means, anchor] = /^(.+\.) What to do: docs\/runbook\.md#(.+)$/.exec(description) ?? [];
  expect(means).toBeTruthy();
  expect(`Detent-dev ${ofAlarms.find((heading) => anchorOf(heading) === anchor)}`).toBe(name);
});

test('every heading of an alarm says how to look and what to do', () => {
  const sections = runbook
    .split(/^###? /m)
    .filter((section) => ofAlarms.includes(section.split('\n')[0] ?? ''));
  expect(sections).toHaveLength(ofAlarms.length);
  for (const section of sections) {
    expect(section).toMatch(/^- Look/m);
    expect(section).toMatch(/^- (Look and d|D)o:|^- Re-drive:/m);
  }
});

test('links within it lead somewhere', () => {
  const anchors = [2, 3].flatMap((level) => headings(level, runbook)).map(anchorOf);
  const links = [...runbook.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
  expect(links.length).toBeGreaterThan(10);
  for (const link of links) expect(anchors).toContain(link);
});

test('the outputs and resources that it asks for are there', () => {
  const outputs = [...runbook.matchAll(/(?<!-)\boutput ([A-Z]\w+)/g)].map(([, name = '']) => name);
  expect(outputs.length).toBeGreaterThan(5);
  expect(Object.keys(stack.template.toJSON()['Outputs'])).toEqual(expect.arrayContaining(outputs));

  const asked = [...runbook.matchAll(/\(physical (\w+) ([\w:]+)\)/g)].map(([, id = '', type = '']) => ({
    id,
    type,
  }));
  expect(asked.length).toBeGreaterThan(5);
  for (const { id, type } of asked) {
    const found = ofType(stack, `AWS::${type}`).filter(([logicalId]) => logicalId.startsWith(id));
    expect([id, found.length]).toEqual([id, 1]);
  }
});
