/** The states of the picture, the dot where instances begin, and junctions. */
import { type ComponentChild, h } from 'preact';
import type { DrawnNode } from './layout.ts';
import type { Marks, Standing } from './marks.ts';
import { classes, corner, written } from './pieces.ts';

interface Manner {
  marks: Marks;
  standing: Standing;
  onState: ((name: string) => void) | undefined;
}

export function node(one: DrawnNode, manner: Manner): ComponentChild {
  const { name, kind, x, y, width, lines } = one;
  if (kind === 'state') return state(one, manner);
  const { standing } = manner;
  const circle = { cx: x, cy: y, r: width / 2 };
  if (kind === 'initial')
    return h('circle', {
      key: name,
      class: classes('initial', standing && `initial-${standing}`),
      ...circle,
    });
  return h(
    'g',
    { key: name, class: 'junction' },
    h('circle', circle),
    ...lines.map((letter) => written('letter', x, y, letter)),
  );
}

function state(one: DrawnNode, { marks, standing, onState }: Manner): ComponentChild {
  const { name, final, x, y, width } = one;
  const isCurrent = marks.current === name;
  const time = marks.times?.[name];
  const below = time === undefined ? one.lines : [time];
  const count = marks.counts?.[name] ?? 0;
  // What is seen is said first, in the same order (WCAG 2.5.3).
  const said = [name, ...below, count > 0 && `${count} here`, isCurrent && 'current'];
  return h(
    'g',
    {
      key: name,
      class: classes(
        'state',
        standing && `state-${standing}`,
        isCurrent && 'state-current',
        onState && 'state-button',
      ),
      ...(onState && button(said.filter(Boolean).join(', '), () => onState(name))),
    },
    h('rect', { class: 'box', ...corner(one), rx: 9 }),
    final && h('rect', { class: 'inner', ...corner(one, 3.5), rx: 6 }),
    written('name', x, below.length > 0 ? y - 7.5 : y, name),
    ...below.flatMap((text) => [' ', written('below', x, y + 9, text)]),
    isCurrent && h('circle', { class: 'token', cx: x - width / 2, cy: y, r: 6 }),
    count > 0 && ' ',
    count > 0 && badge(one, String(count)),
  );
}

const button = (label: string, press: () => void) => ({
  ...{ role: 'button' as const, tabindex: 0, 'aria-label': label },
  onClick: press,
  onKeyDown: (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    press();
  },
});

function badge({ x, y, width, height }: DrawnNode, text: string): ComponentChild {
  const [right, top] = [x + width / 2 - 6, y - height / 2];
  const box = { x: right, y: top, width: 14 + text.length * 7, height: 18 };
  return h(
    'g',
    { class: 'count' },
    h('rect', { ...corner(box), rx: 9 }),
    written('number', right, top, text),
  );
}
