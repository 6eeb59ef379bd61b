/** Machines to draw: the real ones, and small ones of all shapes. */
import * as fc from 'fast-check';
import { type Graph, type GraphEdge, graphOf } from '../../../core/graph.ts';
import { type FlowName, flowNames, flowSettings, flowsOf } from '../../../flows/index.ts';

const flows = flowsOf(flowSettings());

export const graphs = Object.fromEntries(
  flowNames.map((name) => [name, graphOf(flows[name].definition)]),
) as { [Name in FlowName]: Graph };

const names = ['Waiting', 'Authorizing', 'Ok', 'FulfilmentUnknown', 'Cancelled', 'Refunding', 'Gone'];
const events = ['Told', 'PaymentSucceeded', 'DeadlinePassed', 'CommandSendingFailed'];
const outcomes = ['Well', 'AuthorizationDeclined', 'StockRestocked', 'otherwise'];

const state = fc.record(
  { final: fc.boolean(), deadlineSeconds: fc.constantFrom(1, 90, 3_600, 604_800) },
  { requiredKeys: ['final'] },
);
const way = fc.record({
  event: fc.constantFrom(...events),
  outcomes: fc.array(fc.constantFrom(...outcomes), { maxLength: 3 }),
});
const once = <T>(all: T[]) => [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];

/** Loops, cycles, states that nothing leads to, several ways along an edge; now and then what several states share. */
export const anyGraph: fc.Arbitrary<Graph> = fc.integer({ min: 1, max: names.length }).chain((count) => {
  const some = names.slice(0, count);
  const from = fc.constantFrom('New', ...some);
  const edge = fc.record({
    from,
    to: fc.constantFrom(...some),
    ways: fc.array(way, { minLength: 1, maxLength: 4 }),
  });
  const shared = fc.record({ from: fc.uniqueArray(from), event: fc.constantFrom(...events) });
  return fc
    .record({
      states: fc.array(state, { minLength: count, maxLength: count }),
      edges: fc.array(edge, { maxLength: 12 }),
      shared: fc.option(shared),
    })
    .map(({ states, edges, shared }) => {
      const fans = (shared?.from ?? []).flatMap((one) =>
        some.map((to, index) => ({
          ...{ from: one, to },
          ways: [{ event: shared?.event ?? '', outcomes: [`Outcome${index}`] }],
        })),
      );
      const all = new Map<string, GraphEdge>();
      for (const { from, to, ways } of [...fans, ...edges]) {
        const key = `${from} ${to}`;
        if (!all.has(key)) all.set(key, { from, to, ways: once(ways) });
      }
      return {
        states: states.map((one, index) => ({ name: some[index] ?? '', ...one })),
        edges: [...all.values()],
      };
    });
});
