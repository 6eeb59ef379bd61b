/** Whether the scenarios have taken every row of the login. */
import { rows } from '../../../core/definition.ts';
import { mfaLogin } from '../../../flows/mfa-login/index.ts';
import { defaultSettings } from '../../../flows/mfa-login/settings.ts';
import { table } from '../../definitions/mfa-login.table.ts';

/** @returns the rows of the definition's `Route` and of the login's table, with outcome, that no history has taken. */
export function missingRows(taken: readonly string[]): string[] {
  const wanted = table.map(({ state, event, to, outcome }) => `${state} ${event} → ${to} ${outcome}`);
  const routes = rows(mfaLogin(defaultSettings).definition).map(({ state, event }) => `${state} ${event}`);
  return [
    ...new Set(wanted.filter((row) => !taken.includes(row))),
    ...routes.filter((route) => !taken.some((one) => one.startsWith(`${route} →`))),
  ];
}
