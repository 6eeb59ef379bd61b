import { mintSession } from '../../flows/mfa-login/actions/mint-session.ts';
import { settingsSchema } from '../../flows/mfa-login/settings.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, settingsOf } from '../environment.ts';
import { secretsOf } from '../secrets.ts';

const environment = environmentOf('actions/mint-session');
const settings = settingsOf('mfa-login', settingsSchema, environment);
const secret = secretsOf({ signing: environment.SECRET_SIGNING });

export const handler = handlerOf(mintSession(settings), { secret });
