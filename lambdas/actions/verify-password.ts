import { verifyPassword } from '../../flows/mfa-login/actions/verify-password.ts';
import { settingsSchema } from '../../flows/mfa-login/settings.ts';
import { handlerOf } from '../action-handler.ts';
import { environmentOf, settingsOf } from '../environment.ts';
import { secretsOf } from '../secrets.ts';
import { tableOf } from '../table.ts';

const environment = environmentOf('actions/verify-password');
const settings = settingsOf('mfa-login', settingsSchema, environment);
const secret = secretsOf({ identity: environment.SECRET_IDENTITY });
const table = tableOf({ users: environment.TABLE_USERS });

export const handler = handlerOf(verifyPassword(settings), { table, secret });
