import * as z from 'zod';
import { defineAction } from '../../../core/action.ts';
import { challenged, secondsAfter } from '../data.ts';
import { signSession } from '../session.ts';
import type { Settings } from '../settings.ts';

/** Signs the session token. It goes to the caller alone; the data keeps what it takes to sign the same claims again. */
export const mintSession = (settings: Settings) =>
  defineAction({
    name: 'MintSession',
    outcomes: ['SessionMinted'],
    secrets: ['signing'],
    data: challenged,
    payload: z.looseObject({}),
    async run({ flowId, data, now }, { secret }) {
      // A token counts in whole seconds (RFC 7519, NumericDate).
      const issuedAt = new Date(Math.floor(Date.parse(now) / 1000) * 1000).toISOString();
      const session = { issuedAt, expiresAt: secondsAfter(issuedAt, settings.sessionSeconds) };
      const token = await signSession(
        await secret('signing'),
        { sub: data.sub, loginId: flowId, ...session },
        settings,
      );
      return { outcome: 'SessionMinted', data: { ...data, session }, reply: { token } };
    },
  });
