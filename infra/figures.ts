import type { FlowName, FlowSettings } from '../flows/index.ts';
import type { Stage } from './stage.ts';

const figuresOf = ({ mfaLogin, payment, checkout }: Stage): FlowSettings => ({
  'mfa-login': mfaLogin,
  payment,
  checkout,
});

/** The figures of all flows as the functions get them. */
export const settingsText = (stage: Stage): string => JSON.stringify(figuresOf(stage));

/** Those of one flow: all that its actions need. */
export const settingsOfOne = (stage: Stage, flow: FlowName): string =>
  JSON.stringify({ [flow]: figuresOf(stage)[flow] });
