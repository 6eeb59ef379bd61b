/** Where the time of a login goes, of 64 at once: from what was measured beside each other. */
import type { DefinitionCost } from '../definition.ts';
import type { Result } from '../report/result.ts';

const AT_ONCE = 'c64';

/**
 * @param results of part 1: the limit, the login by hand and the engine.
 * @param definition one event of which the way through the definition has two actions, as both events of a login have.
 */
export function sharesOf(results: readonly Result[], { own, library }: DefinitionCost): Result[] {
  const microseconds = (name: string) =>
    1e6 / (results.find((result) => result.name === `${name}.logins.${AT_ONCE}`)?.value ?? Number.NaN);
  const whole = microseconds('engine');
  const sqlite = microseconds('limit.grouped');
  const cryptography = microseconds('limit.byhand') - sqlite;
  const definition = 2 * own;
  const parts = { sqlite, cryptography, definition, rest: whole - sqlite - cryptography - definition };
  return [
    { name: 'engine.definition', value: own, unit: 'µs', limit: library, ratio: own / library },
    ...Object.entries(parts).map(([part, value]) => ({
      ...{ name: `engine.share.${part}.${AT_ONCE}`, value, unit: 'µs' },
      ...{ limit: whole, ratio: value / whole },
    })),
  ];
}
