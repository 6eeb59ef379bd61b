/** The picture of a machine as a file of its own. */
import { cloneElement, h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { Graph } from '../../core/graph.ts';
import { layOut } from './layout.ts';
import { Machine } from './machine.ts';

/**
 * A whole SVG file, without a date or anything else that changes by itself.
 *
 * @param css the content of machine.css.
 */
export function svgOf(graph: Graph, title: string, css: string): string {
  const machine = Machine({ drawing: layOut(graph), title });
  const children = [machine.props.children].flat();
  const file = cloneElement(machine, { xmlns: 'http://www.w3.org/2000/svg' }, [
    h('style', { key: 'style' }, css),
    h('rect', { key: 'paper', class: 'paper', width: '100%', height: '100%', rx: 10 }),
    ...children,
  ]);
  // The one thing that HTML takes for text and XML does not.
  return `${renderToString(file).replaceAll(']]>', ']]&gt;')}\n`;
}
