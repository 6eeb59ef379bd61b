/** The table of the flows: a row for each. Whatever runs here runs them all. */
import type * as z from 'zod';
import type { Action } from '../core/action.ts';
import type { Flow } from '../core/flow.ts';
import { checkout, checkoutActions } from './checkout/index.ts';
import { checkoutSettingsSchema } from './checkout/settings.ts';
import { mfaLogin, mfaLoginActions } from './mfa-login/index.ts';
import { settingsSchema } from './mfa-login/settings.ts';
import { payment, paymentActions } from './payment/index.ts';
import { paymentSettingsSchema } from './payment/settings.ts';

interface Row<Settings> {
  /** Every figure has a default. */
  settings: z.ZodType<Settings>;
  flow(settings: Settings): Flow;
  actions(settings: Settings): Action[];
}

const row = <Settings>(one: Row<Settings>): Row<Settings> => one;

const table = {
  'mfa-login': row({ settings: settingsSchema, flow: mfaLogin, actions: mfaLoginActions }),
  payment: row({ settings: paymentSettingsSchema, flow: payment, actions: paymentActions }),
  checkout: row({ settings: checkoutSettingsSchema, flow: checkout, actions: checkoutActions }),
};

export type FlowName = keyof typeof table;

/** The figures of every flow, by its name. */
export type FlowSettings = { [Name in FlowName]: z.infer<(typeof table)[Name]['settings']> };

export const flowNames = Object.keys(table) as FlowName[];

/**
 * The figures of every flow, with its defaults for those that are not given.
 *
 * @throws ZodError where a figure is not what it may be.
 */
export const flowSettings = (given: { [Name in FlowName]?: unknown } = {}): FlowSettings =>
  byName((name) => table[name].settings.parse(given[name] ?? {})) as FlowSettings;

/** The flows, by name. */
export const flowsOf = (settings: FlowSettings): { [Name in FlowName]: Flow } =>
  byName((name) => rowOf(name).flow(settings[name]));

/** The actions of all flows. No two have one name. */
export const actionsOf = (settings: FlowSettings): Action[] =>
  flowNames.flatMap((name) => rowOf(name).actions(settings[name]));

/** Each row takes the settings of its own name. */
const rowOf = (name: FlowName) => table[name] as Row<FlowSettings[FlowName]>;

const byName = <T>(make: (name: FlowName) => T) =>
  Object.fromEntries(flowNames.map((name) => [name, make(name)])) as { [Name in FlowName]: T };
