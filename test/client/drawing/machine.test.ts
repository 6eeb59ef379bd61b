import { describe, expect, test } from '@jest/globals';
import { h } from 'preact';
import { renderToStaticMarkup } from 'preact-render-to-string';
import { layOut } from '../../../client/drawing/layout.ts';
import { Machine, type MachineProps, type Marks } from '../../../client/drawing/machine.ts';
import { graphs } from './graphs.ts';

const drawing = layOut(graphs['mfa-login']);
const render = (props: Partial<MachineProps> = {}) =>
  renderToStaticMarkup(h(Machine, { drawing, title: 'The login', ...props }));
const marked = (marks: Marks) => render({ marks });

/** The group of a state. */
const stateOf = (svg: string, name: string) =>
  svg.split('<g ').find((group) => group.startsWith('class="state') && group.includes(`>${name}</text>`)) ??
  '';
const count = (svg: string, what: RegExp) => [...svg.matchAll(what)].length;

describe('the picture of a machine', () => {
  test('is an image with a name, in which every state is named', () => {
    const svg = render();
    expect(svg).toMatch(/^<svg class="machine" role="img"[^>]* aria-label="The login"/);
    expect(svg).toContain('<title>The login</title>');
    for (const { name } of graphs['mfa-login'].states) expect(stateOf(svg, name)).not.toBe('');
    expect(stateOf(svg, 'WaitForOtpInput')).toContain('>at most 5 min</text>');
  });

  test('has no style and no handler as text, whatever is marked: a strict policy lets none through', () => {
    const marks = { current: 'LoggedIn', path: [{ from: 'New', to: 'LoggedIn' }], counts: { Denied: 2 } };
    for (const svg of [render(), marked(marks), render({ marks, onState: () => {} })]) {
      expect(svg).not.toMatch(/\bstyle|<script|\bon[a-z]+=|\bfill=|\bstroke=/i);
    }
  });

  test('marks a final state by a border more', () => {
    const svg = render();
    expect(count(svg, /class="inner"/g)).toBe(graphs['mfa-login'].states.filter(({ final }) => final).length);
    expect(stateOf(svg, 'Denied')).toContain('class="inner"');
  });
});

describe('marks', () => {
  const path = [
    { from: 'New', to: 'WaitForOtpInput' },
    { from: 'WaitForOtpInput', to: 'WaitForOtpInput' },
    { from: 'WaitForOtpInput', to: 'LoggedIn' },
  ];

  test('none: nothing stands back', () => {
    expect(render()).not.toMatch(/-taken|-aside|state-current|token/);
  });

  test('the current state has a sign that is no colour', () => {
    const svg = marked({ current: 'LoggedIn' });
    expect(count(svg, /class="token"/g)).toBe(1);
    expect(stateOf(svg, 'LoggedIn')).toContain('state-current');
    expect(svg).not.toContain('-aside');
  });

  test('a path: what it touches, and all the rest stands back', () => {
    const svg = marked({ path, current: 'LoggedIn' });
    expect(count(svg, /class="edge edge-taken"/g)).toBe(3);
    expect(count(svg, /class="edge edge-aside"/g)).toBe(drawing.edges.length - 3);
    expect(count(svg, /class="label( label-beside)? label-taken"/g)).toBe(3);
    expect(count(svg, /class="state state-taken/g)).toBe(2);
    expect(svg).toContain('initial-taken');
    expect(stateOf(svg, 'Locked')).toContain('state-aside');
    // What was taken is drawn last: nothing lies on it.
    expect(svg.lastIndexOf('edge-aside')).toBeLessThan(svg.indexOf('edge-taken'));
  });

  test('a path leads through a junction', () => {
    const ends = ['Well', 'Badly', 'Unknown'];
    const ways = (outcome: string) => [{ event: 'Told', outcomes: [outcome] }];
    const shared = layOut({
      states: ['One', 'Two', ...ends].map((name) => ({ name, final: false })),
      edges: ['One', 'Two'].flatMap((from) => ends.map((to) => ({ from, to, ways: ways(to) }))),
    });
    const path = [{ from: 'Two', to: 'Badly' }];
    const svg = renderToStaticMarkup(h(Machine, { drawing: shared, title: 'Shared', marks: { path } }));
    expect(count(svg, /class="junction"/g)).toBe(2);
    expect(count(svg, /class="edge edge-taken"/g)).toBe(2);
    expect(count(svg, /class="edge edge-aside"/g)).toBe(3);
  });

  test('a time stands in its state, in place of how long that may last', () => {
    const state = stateOf(marked({ times: { LoggedIn: '14:03:22' } }), 'LoggedIn');
    expect(state).toContain('>14:03:22</text>');
    expect(state).not.toContain('at most');
  });

  test('counts, and none for 0', () => {
    const svg = marked({ counts: { LoggedIn: 12, Denied: 0 } });
    expect(count(svg, /class="count"/g)).toBe(1);
    expect(svg).toContain('>12</text>');
  });
});

describe('states that can be chosen', () => {
  interface Node {
    type?: unknown;
    props?: { children?: unknown; [name: string]: unknown };
  }
  const all = (node: unknown): Node[] => {
    if (Array.isArray(node)) return node.flatMap(all);
    if (typeof node !== 'object' || node === null) return [];
    return [node as Node, ...all((node as Node).props?.children)];
  };

  test('are buttons with a name, and the whole no image', () => {
    const svg = render({ onState: () => {}, marks: { current: 'LoggedIn', counts: { LoggedIn: 3 } } });
    expect(svg).toMatch(/^<svg class="machine" role="group"/);
    expect(count(svg, /role="button" tabindex="0"/g)).toBe(graphs['mfa-login'].states.length);
    expect(svg).toContain('aria-label="LoggedIn, at most 15 min, 3 here, current"');
  });

  test('are chosen by mouse, Enter and Space', () => {
    const chosen: string[] = [];
    const tree = Machine({ drawing, title: 'The login', onState: (name) => chosen.push(name) });
    const button = all(tree).find(({ props }) => String(props?.['aria-label']).startsWith('Locked'));
    const { onClick, onKeyDown } = (button?.props ?? {}) as {
      onClick(): void;
      onKeyDown(event: object): void;
    };
    let prevented = 0;
    const press = (key: string) => onKeyDown({ key, preventDefault: () => prevented++ });
    onClick();
    for (const key of ['Enter', ' ', 'Tab', 'a']) press(key);
    expect(chosen).toEqual(['Locked', 'Locked', 'Locked']);
    expect(prevented).toBe(2);
  });
});
