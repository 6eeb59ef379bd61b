/** Pure: the parts of the world that can be broken, in words. Which there are, and how they are, the API says. */
import type { FaultKind } from '../../local/faults.ts';
import type { CompanionName, GatewayMode } from '../../local/outside.ts';
import type { WarehouseMode } from '../../local/sandbox/warehouse/warehouse.ts';
import type { WebhookMode } from '../../local/sandbox/webhooks.ts';

/** `GET /dev/faults` */
export interface FaultsView {
  [part: string]: string;
}

/** `GET /dev/sandbox` */
export interface SandboxView {
  webhooks?: string;
  warehouse?: string;
  gateway?: string;
  /** Ids of processes. */
  running: { [Name in CompanionName]?: number };
}

export interface World {
  faults?: FaultsView | undefined;
  sandbox?: SandboxView | undefined;
}

/** What is posted to either route. */
export interface Change {
  faults?: { [part: string]: string };
  sandbox?: { [part: string]: string };
}

/** A way to be: what it is called, and what it does. */
type Ways<Mode extends string> = { readonly [Name in Mode]: readonly [label: string, what: string] };

export interface Part {
  id: string;
  label: string;
  /** The route that changes it, and its name there. */
  route: 'faults' | 'sandbox';
  name: string;
  /** How it is when all is well. */
  well: string;
  ways: Ways<string>;
}

const failing = (done: string, refused: string): Ways<FaultKind> => ({
  none: ['works', ''],
  transient: ['is overloaded', 'It says “not now”, and does nothing. It is asked again and again.'],
  permanent: ['refuses', refused],
  ambiguous: ['loses its answers', done],
});

const webhookWays: Ways<WebhookMode> = {
  prompt: ['arrive', ''],
  late: ['arrive 10 s late', 'The order waits meanwhile.'],
  double: ['arrive twice', 'The second one changes nothing.'],
  reordered: ['arrive in reverse order', 'What arises within three seconds comes the wrong way round.'],
  missing: ['never arrive', 'The order asks for the answer itself when the hour of the page is over.'],
};

const warehouseWays: Ways<WarehouseMode> = {
  prompt: ['ships', ''],
  slow: ['takes ten seconds', 'The order waits.'],
  early: ['reports too early', 'Its report comes before it has said that it took the command.'],
  double: ['reports twice', 'The second report changes nothing.'],
  silent: ['ships and says nothing', 'After a day it is asked, three times; then a person must look.'],
  rejecting: ['refuses to ship', 'The goods go back to the shop, and the money to the customer.'],
};

const gatewayWays: Ways<GatewayMode> = {
  prompt: ['at once', ''],
  slow: ['after 5 s', 'Time enough to kill it while it works.'],
};

export const parts = {
  gateway: {
    ...{ id: 'gateway', label: 'The card gateway', route: 'faults', name: 'gateway', well: 'none' },
    ways: failing('It does what it is asked, and the connection breaks.', 'It refuses whatever it is asked.'),
  },
  pace: {
    ...{ id: 'pace', label: 'The gateway answers', route: 'sandbox', name: 'gateway', well: 'prompt' },
    ways: gatewayWays,
  },
  webhooks: {
    ...{ id: 'webhooks', label: 'Webhooks', route: 'sandbox', name: 'webhooks', well: 'prompt' },
    ways: webhookWays,
  },
  warehouse: {
    ...{ id: 'warehouse', label: 'The warehouse', route: 'sandbox', name: 'warehouse', well: 'prompt' },
    ways: warehouseWays,
  },
  queue: {
    ...{ id: 'queue', label: 'The queue to the warehouse', route: 'faults', name: 'warehouse', well: 'none' },
    ways: failing(
      'It takes the command, and the connection breaks: it is sent again, and shipped once.',
      'It takes no command: the money goes back.',
    ),
  },
  sms: {
    ...{ id: 'sms', label: 'The phone network', route: 'faults', name: 'sms', well: 'none' },
    ways: failing(
      'It sends the SMS, and nobody knows: it is sent again, with the same code.',
      'It takes no SMS.',
    ),
  },
  signing: {
    ...{
      id: 'signing',
      label: 'The key that signs sessions',
      route: 'faults',
      name: 'signing',
      well: 'none',
    },
    ways: failing(
      'It is away.',
      'It is away: the code is not used up, and works once the key is there again.',
    ),
  },
} as const satisfies { [id: string]: Part };

export type PartName = keyof typeof parts;

/** How a part is; undefined where this world has no such part, or it is not known yet. */
export function wayOf(part: Part, { faults, sandbox }: World): string | undefined {
  const value = part.route === 'faults' ? faults?.[part.name] : sandbox?.[part.name as keyof SandboxView];
  return typeof value === 'string' ? value : undefined;
}

/** Whether it is known how all parts are. */
export const isKnown = ({ faults, sandbox }: World): boolean => faults !== undefined && sandbox !== undefined;

/** The parts that are known not to be well. */
export const brokenParts = (world: World): Part[] =>
  Object.values<Part>(parts).filter((part) => (wayOf(part, world) ?? part.well) !== part.well);

/** What makes a part be so. */
export const changeOf = ({ route, name }: Part, way: string): Change => ({ [route]: { [name]: way } });

/** What makes all parts well that this world has, as far as it is known. */
export function healing(world: World): Change {
  const known = Object.values<Part>(parts).filter((part) => wayOf(part, world) !== undefined);
  const of = (route: Part['route']) =>
    Object.fromEntries(known.filter((part) => part.route === route).map(({ name, well }) => [name, well]));
  return { faults: of('faults'), sandbox: of('sandbox') };
}
