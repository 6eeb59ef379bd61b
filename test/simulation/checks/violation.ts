/** What a check found. `invariant` is the number in docs/reliability.md. */
export interface Violation {
  invariant: number;
  /** The instance, where it is about one. */
  flowId?: string;
  message: string;
}

export const same = (one: unknown, other: unknown): boolean => stable(one) === stable(other);

/** JSON with sorted fields: the same text for the same value. */
export function stable(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
