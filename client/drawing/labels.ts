/** What stands on an edge: its events and, below them, the outcomes on the way. */
import type { GraphWay } from '../../core/graph.ts';
import { wrap } from './text.ts';

export interface Line {
  text: string;
  of: 'event' | 'outcome';
}

/** Events that do the same on an edge: each may go each of the ways. */
export interface Block {
  events: string[];
  /** The outcomes of each way; none where the event alone is enough. */
  ways: string[][];
}

const LONGEST = 26;

/** The ways of an edge, those together that differ in the event only. */
export function blocksOf(ways: GraphWay[]): Block[] {
  const ofEvents = new Map<string, { event: string; ways: string[][] }>();
  for (const { event, outcomes } of ways) {
    // What goes straight on stands apart from what depends on an outcome.
    const key = JSON.stringify([event, outcomes.length === 0]);
    const known = ofEvents.get(key) ?? { event, ways: [] };
    ofEvents.set(key, { event, ways: [...known.ways, outcomes] });
  }
  const blocks = new Map<string, Block>();
  for (const { event, ways: its } of ofEvents.values()) {
    const key = JSON.stringify(its);
    const known = blocks.get(key) ?? { events: [], ways: its };
    blocks.set(key, { events: [...known.events, event], ways: its });
  }
  return [...blocks.values()];
}

/** `One / Other`, on as many lines as it takes. */
export const eventLines = (events: string[]): Line[] =>
  wrap(alternatives(events), LONGEST).map((text) => ({ text, of: 'event' }));

/** `→ First → Second / Instead`, on as many lines as it takes. */
export function outcomeLines(ways: string[][]): Line[] {
  const starts = new Map<string, { start: string[]; ends: string[] }>();
  for (const way of ways.filter(({ length }) => length > 0)) {
    const start = way.slice(0, -1);
    const key = JSON.stringify(start);
    const known = starts.get(key) ?? { start, ends: [] };
    starts.set(key, { start, ends: [...known.ends, way.at(-1) ?? ''] });
  }
  return [...starts.values()].flatMap(({ start, ends }, index) => {
    const [first = '', ...others] = alternatives(ends, index < starts.size - 1);
    const pieces = [...start.map((outcome) => `→ ${outcome}`), `→ ${first}`, ...others];
    return wrap(pieces, LONGEST).map((text): Line => ({ text, of: 'outcome' }));
  });
}

/** The label of an edge. */
export const linesOf = (ways: GraphWay[]): Line[] =>
  blocksOf(ways).flatMap((block) => [...eventLines(block.events), ...outcomeLines(block.ways)]);

/** A stroke behind all but the last, or behind all where more alternatives follow. */
const alternatives = (all: string[], more = false) =>
  all.map((one, index) => (more || index < all.length - 1 ? `${one} /` : one));
