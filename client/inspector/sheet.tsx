/** The picture of a machine in a box of its own, in which it scrolls. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Graph } from '../../core/graph.ts';
import { layOut } from '../drawing/layout.ts';
import { Machine, type Marks } from '../drawing/machine.ts';
import { Scroller } from './scroller.tsx';

export interface SheetProps {
  graph: Graph;
  /** What the picture shows, for those who do not see it. */
  title: string;
  marks?: Marks | undefined;
  onState?: ((state: string) => void) | undefined;
  /** Whether it is shown whole, however small, and in no other way. */
  small?: boolean;
  /** What stands above it. */
  head?: ComponentChildren;
}

/** Draws a machine, with the current state in sight. */
export function Sheet({ graph, title, marks, onState, small = false, head }: SheetProps) {
  const drawing = useMemo(() => layOut(graph), [graph]);
  const box = useRef<HTMLElement>(null);
  const [isWhole, setWhole] = useState(small);
  const current = marks?.current;
  useLayoutEffect(() => center(box.current), [current, drawing, isWhole]);
  const natural = { '--natural-width': `${drawing.width}px`, '--natural-height': `${drawing.height}px` };
  const machine = <Machine drawing={drawing} title={title} marks={marks} onState={onState} />;
  return (
    <div class="sheet" style={natural}>
      <div class="sheet-head">
        {head ?? <span />}
        {!small && (
          <button type="button" aria-pressed={isWhole} onClick={() => setWhole(!isWhole)}>
            Whole machine
          </button>
        )}
      </div>
      {small ? (
        <div class="sheet-box sheet-whole">{machine}</div>
      ) : (
        <Scroller of={box} class={isWhole ? 'sheet-box sheet-whole' : 'sheet-box'} name={title}>
          {machine}
        </Scroller>
      )}
    </div>
  );
}

/** Scrolls the box, and nothing else, so that the current state is in its middle. */
function center(box: HTMLElement | null): void {
  const state = box?.querySelector('.state-current')?.getBoundingClientRect();
  if (!box || !state) return;
  const frame = box.getBoundingClientRect();
  box.scrollLeft += state.left + state.width / 2 - (frame.left + frame.width / 2);
  box.scrollTop += state.top + state.height / 2 - (frame.top + frame.height / 2);
}
