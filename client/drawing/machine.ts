/** The picture of a machine, as SVG. Its look is in machine.css: there are classes here, and no styles. */
import { type ComponentChild, h, type VNode } from 'preact';
import { type Drawing, type DrawnEdge, type DrawnNode, LINE_HEIGHT } from './layout.ts';
import { arrowOf, pathOf, rounded } from './lines.ts';

/** What an instance, or many, have done in the machine. */
export interface Marks {
  /** The state in which the instance rests. */
  current?: string;
  /** The transitions that it has made. What it has not touched stands back. */
  path?: { from: string; to: string }[];
  /** Texts by state, such as when it was entered. Each stands in its state, in place of how long it may last. */
  times?: { [state: string]: string };
  /** How many rest in a state, by its name; none is shown for 0. */
  counts?: { [state: string]: number };
}

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
  const lit = litBy(marks);
  const props = {
    class: `machine${marks.path ? ' machine-traced' : ''}`,
    // Buttons within an image would be none to those who do not see it.
    role: onState ? 'group' : 'img',
    viewBox: `0 0 ${width} ${height}`,
    ...{ width, height, 'aria-label': title },
  };
  // What was taken lies above what was not.
  const drawn = [...edges].sort((one, other) => Number(lit.edge(one)) - Number(lit.edge(other)));
  return h(
    'svg',
    props,
    h('title', null, title),
    h('g', null, ...drawn.map((edge) => line(edge, lit.edge(edge)))),
    h('g', null, ...drawn.map((edge) => label(edge, lit.edge(edge)))),
    h('g', null, ...nodes.map((node) => shape(node, marks, lit.node(node), onState))),
  );
}

function litBy({ path = [], current }: Marks) {
  const key = ({ from, to }: { from: string; to: string }) => JSON.stringify([from, to]);
  const taken = new Set(path.map(key));
  const visited = new Set([...path.flatMap(({ from, to }) => [from, to]), ...(current ? [current] : [])]);
  return {
    edge: ({ edges }: DrawnEdge) => edges.some((one) => taken.has(key(one))),
    node: ({ name, kind }: DrawnNode) => kind !== 'junction' && visited.has(name),
  };
}

const classes = (...names: (string | false | undefined)[]) => names.filter(Boolean).join(' ');

const line = (edge: DrawnEdge, lit: boolean) =>
  h(
    'g',
    { class: classes('edge', lit && 'edge-taken') },
    h('path', { class: 'line', d: pathOf(edge) }),
    h('path', { class: 'arrow', d: arrowOf(edge) }),
  );

function label({ label: { x, y, width, height, lines } }: DrawnEdge, lit: boolean): VNode | null {
  if (lines.length === 0) return null;
  const top = y - ((lines.length - 1) * LINE_HEIGHT) / 2;
  return h(
    'g',
    { class: classes('label', lit && 'label-taken') },
    h('rect', { ...corner({ x, y, width, height }), rx: 4 }),
    ...lines.map(({ text, of }, index) => written(of, x, top + index * LINE_HEIGHT, text)),
  );
}

function shape(node: DrawnNode, marks: Marks, lit: boolean, onState: MachineProps['onState']): VNode {
  const { name, kind, x, y, width } = node;
  if (kind === 'junction') {
    const half = width / 2;
    return h('path', {
      class: 'junction',
      d: `M${x} ${y - half} l${half} ${half} l${-half} ${half} l${-half} ${-half} Z`,
    });
  }
  if (kind === 'initial') {
    return h('circle', { class: classes('initial', lit && 'initial-taken'), cx: x, cy: y, r: width / 2 });
  }
  const isCurrent = marks.current === name;
  const time = marks.times?.[name];
  const below = time === undefined ? node.lines : [time];
  const count = marks.counts?.[name] ?? 0;
  const button = onState && {
    ...{ role: 'button', tabindex: 0 },
    'aria-label': [name, isCurrent && 'current', ...below, count > 0 && `${count} here`]
      .filter(Boolean)
      .join(', '),
    onClick: () => onState(name),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      onState(name);
    },
  };
  return h(
    'g',
    {
      class: classes(
        'state',
        node.final && 'state-final',
        lit && 'state-visited',
        isCurrent && 'state-current',
      ),
      ...button,
    },
    h('rect', { class: 'box', ...corner(node), rx: 9 }),
    node.final ? h('rect', { class: 'inner', ...corner(node, 3.5), rx: 6 }) : null,
    ...texts(node, below),
    isCurrent ? h('circle', { class: 'token', cx: x - width / 2, cy: y, r: 6 }) : null,
    count > 0 ? badge(node, count) : null,
  );
}

function texts({ name, x, y }: DrawnNode, below: string[]): VNode[] {
  if (below.length === 0) return [written('name', x, y, name)];
  return [written('name', x, y - 7.5, name), ...below.map((text) => written('below', x, y + 9, text))];
}

function badge({ x, y, width, height }: DrawnNode, count: number): ComponentChild {
  const text = String(count);
  const [right, top] = [x + width / 2 - 4, y - height / 2];
  const half = 7 + text.length * 3.5;
  return h(
    'g',
    { class: 'count' },
    h('rect', { ...corner({ x: right, y: top, width: half * 2, height: 18 }), rx: 9 }),
    written('number', right, top, text),
  );
}

/** Text whose middle is here. */
const written = (kind: string, x: number, y: number, text: string) =>
  h('text', { class: kind, x: rounded(x), y: rounded(y) }, text);

const corner = (box: { x: number; y: number; width: number; height: number }, inset = 0) => ({
  x: rounded(box.x - box.width / 2 + inset),
  y: rounded(box.y - box.height / 2 + inset),
  width: rounded(box.width - 2 * inset),
  height: rounded(box.height - 2 * inset),
});
