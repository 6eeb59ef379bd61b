/** The picture of a machine, as SVG. Its look is in machine.css: there are classes here, and no styles. */
import { type ComponentChild, h, type VNode } from 'preact';
import { type Drawing, type DrawnEdge, LINE_HEIGHT } from './layout.ts';
import { arrowOf, pathOf } from './lines.ts';
import { type Marks, type Standing, standings } from './marks.ts';
import { node } from './nodes.ts';
import { classes, corner, written } from './pieces.ts';

export type { Marks } from './marks.ts';

export interface MachineProps {
  drawing: Drawing;
  /** What the picture shows, for those who do not see it. */
  title: string;
  marks?: Marks | undefined;
  /** Makes the states buttons. */
  onState?: ((name: string) => void) | undefined;
}

/** A machine, with what has happened in it. */
export function Machine({ drawing, title, marks = {}, onState }: MachineProps): VNode {
  const { width, height, nodes, edges } = drawing;
  const { ofEdge, ofNode } = standings(marks);
  // What was taken lies above what was not.
  const isTaken = (edge: DrawnEdge) => Number(ofEdge(edge) === 'taken');
  const drawn = [...edges].sort((one, other) => isTaken(one) - isTaken(other));
  return h(
    'svg',
    {
      class: 'machine',
      // Buttons within an image would be none to those who do not see it.
      role: onState ? 'group' : 'img',
      viewBox: `0 0 ${width} ${height}`,
      ...{ width, height, 'aria-label': title },
    },
    h('title', null, title),
    h('g', null, ...drawn.map((edge) => line(edge, ofEdge(edge)))),
    h('g', null, ...drawn.map((edge) => label(edge, ofEdge(edge)))),
    h('g', null, ...nodes.map((one) => node(one, { marks, standing: ofNode(one), onState }))),
  );
}

const line = (edge: DrawnEdge, standing: Standing) =>
  h(
    'g',
    { key: keyOf(edge), class: classes('edge', standing && `edge-${standing}`) },
    h('path', { class: 'line', d: pathOf(edge) }),
    h('path', { class: 'arrow', d: arrowOf(edge) }),
  );

function label(edge: DrawnEdge, standing: Standing): ComponentChild {
  const { x, y, width, height, lines } = edge.label;
  if (lines.length === 0) return null;
  const beside = edge.from === edge.to;
  const start = beside ? x - width / 2 + 4 : x;
  const top = y - ((lines.length - 1) * LINE_HEIGHT) / 2;
  return h(
    'g',
    {
      key: keyOf(edge),
      class: classes('label', beside && 'label-beside', standing && `label-${standing}`),
    },
    h('rect', { ...corner({ x, y, width, height }), rx: 4 }),
    ...lines.map(({ text, of }, index) => written(of, start, top + index * LINE_HEIGHT, text)),
  );
}

const keyOf = ({ from, to }: DrawnEdge) => `${from} → ${to}`;
