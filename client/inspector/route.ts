/** Pure: what is being looked at, as it stands in the address of the page: `#/FLOW/ID?only=stuck&state=S&version=3`. */

export const lists = ['newest', 'overdue', 'stuck'] as const;

export type Only = (typeof lists)[number];

export interface Route {
  /** Undefined: all flows. */
  flow?: string | undefined;
  id?: string | undefined;
  /** Which instances are listed. */
  only: Only;
  /** Only those in this state; of one flow. */
  state?: string | undefined;
  /** The version that is looked at; undefined: the newest one, whichever that is. */
  version?: number | undefined;
}

/** What a fragment names. What nobody can read of it is left out. */
export function routeOf(fragment: string): Route {
  const [path = '', query = ''] = fragment.replace(/^#?\/?/, '').split('?', 2);
  const [flow, id] = path.split('/').map(decoded);
  const asked = new URLSearchParams(query);
  const only = lists.find((name) => name === asked.get('only')) ?? 'newest';
  const version = Number(asked.get('version') ?? Number.NaN);
  return {
    flow: flow || undefined,
    id: (flow && id) || undefined,
    only,
    state: (flow && asked.get('state')) || undefined,
    version: id && Number.isSafeInteger(version) && version > 0 ? version : undefined,
  };
}

/** The fragment that names it. */
export function fragmentOf({ flow, id, only, state, version }: Route): string {
  const path = [flow, flow && id].filter((part) => part !== undefined).map(encodeURIComponent);
  const asked = new URLSearchParams({
    ...(only !== 'newest' && { only }),
    ...(flow !== undefined && state !== undefined && { state }),
    ...(flow !== undefined && id !== undefined && version !== undefined && { version: String(version) }),
  });
  const query = asked.size > 0 ? `?${asked}` : '';
  return `#/${path.join('/')}${query}`;
}

/** The id in what somebody has pasted: an id, that of an effect (`ID/3/1`), or an address of this page. */
export function idIn(text: string): string {
  const pasted = text.trim();
  const address = /#\/.*$/.exec(pasted)?.[0];
  return (address && routeOf(address).id) || (pasted.split('/')[0] ?? '');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
