/** What can be broken: every way that the API knows has words, and what was broken is made well. */
import { describe, expect, test } from '@jest/globals';
import { loginExperiments, paymentExperiments, shopExperiments } from '../../client/demo/experiments.ts';
import { brokenParts, changeOf, healing, isKnown, type Part, parts, wayOf } from '../../client/demo/world.ts';
import { faultKinds } from '../../local/faults.ts';
import { gatewayModes } from '../../local/outside.ts';
import { warehouseModes } from '../../local/sandbox/warehouse/warehouse.ts';
import { webhookModes } from '../../local/sandbox/webhooks.ts';

const well = {
  faults: { sms: 'none', signing: 'none', gateway: 'none', warehouse: 'none' },
  sandbox: { webhooks: 'prompt', warehouse: 'prompt', gateway: 'prompt', running: {} },
};
/** Where GATEWAY_URL names a real one. */
const real = { faults: well.faults, sandbox: { warehouse: 'prompt', running: {} } };
const all: Part[] = Object.values(parts);

describe('a part of the world', () => {
  test.each([
    ['pace', gatewayModes],
    ['webhooks', webhookModes],
    ['warehouse', warehouseModes],
    ['gateway', faultKinds],
    ['queue', faultKinds],
    ['sms', faultKinds],
    ['signing', faultKinds],
  ] as const)('%s: every way that the API takes, in words', (name, ways) => {
    expect(Object.keys(parts[name].ways).sort()).toEqual([...ways].sort());
    for (const [way, [label, what]] of Object.entries<readonly [string, string]>(parts[name].ways))
      expect([label !== '', what !== '']).toEqual([true, way !== parts[name].well]);
  });

  test('that this world does not have is not shown, and not healed', () => {
    expect(wayOf(parts.webhooks, real)).toBeUndefined();
    expect(wayOf(parts.pace, real)).toBeUndefined();
    expect(wayOf(parts.warehouse, real)).toBe('prompt');
    expect(healing(real)).toEqual({ faults: well.faults, sandbox: { warehouse: 'prompt' } });
    expect(healing({})).toEqual({ faults: {}, sandbox: {} });
  });
});

test('nothing is broken until something is', () => {
  expect(brokenParts(well)).toEqual([]);
  expect([well, real, {}, { faults: well.faults }].map(isKnown)).toEqual([true, true, false, false]);
  const broken = {
    faults: { ...well.faults, gateway: 'ambiguous' },
    sandbox: { ...well.sandbox, webhooks: 'something new' },
  };
  expect(brokenParts(broken).map(({ id }) => id)).toEqual(['gateway', 'webhooks']);
});

test('what breaks a part, and what heals all of them', () => {
  for (const part of all) {
    const { route, name } = part;
    expect(changeOf(part, 'x')).toEqual({ [route]: { [name]: 'x' } });
  }
  const { running: _, ...modes } = well.sandbox;
  expect(healing(well)).toEqual({ faults: well.faults, sandbox: modes });
});

test.each(
  [...shopExperiments, ...paymentExperiments, ...loginExperiments].map((one) => [one.title, one] as const),
)('experiment: %s: sets the world to what it can be', (_title, { stage, steps, sees }) => {
  expect(steps.length > 0 && sees.length > 0).toBe(true);
  for (const [route, change] of Object.entries(stage?.change ?? {}))
    for (const [name, way] of Object.entries(change as { [name: string]: string })) {
      const part = all.find((one) => one.route === route && one.name === name);
      expect(Object.keys(part?.ways ?? {})).toContain(way);
      expect(way).not.toBe(part?.well);
    }
});
