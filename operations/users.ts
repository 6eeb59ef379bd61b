/** `npm run users`: who may log in. */
import { parseArgs } from 'node:util';
import { DynamoTable } from '../adapters/aws/dynamo-table.ts';
import { command, say, UsageError } from './command.ts';
import { patientClient } from './dynamo-scan.ts';
import { readPassword } from './password-input.ts';
import { openData } from './source.ts';
import { outputOf } from './stack.ts';
import { addUser, dropUser, mistakes } from './user-commands.ts';

const HELP = `Adds and removes users. The password comes from stdin: typed unseen, or piped.

  npm run -s users -- add NAME PHONE (--stack NAME | --table NAME | --data-dir DIR) [--replace]
  npm run -s users -- remove NAME (--stack NAME | --table NAME | --data-dir DIR)

  --stack NAME    a stack that has been deployed, such as Detent-production
  --table NAME    the DynamoDB table; the stack's output UsersTable names it
  --data-dir DIR  the data folder of an embedded process (stop it first)
  --replace       a user of that name gets this password and phone

PHONE is E.164, such as +15555550100. Whoever is removed can begin no login; logins and sessions under way go on to their end.
The exit status is 0 where it was done, 2 where not.
`;

const text = { type: 'string' } as const;
const options = {
  ...{ stack: text, table: text, 'data-dir': text },
  replace: { type: 'boolean', default: false },
} as const;

interface Where {
  stack?: string;
  table?: string;
  'data-dir'?: string;
}

async function open({ stack, table, 'data-dir': dataDir }: Where) {
  if ([stack, table, dataDir].filter((one) => one !== undefined).length !== 1)
    throw new UsageError('Name one: --stack, --table or --data-dir.');
  if (dataDir !== undefined) return openData(dataDir);
  const users = stack === undefined ? String(table) : await outputOf(stack, 'UsersTable');
  const client = patientClient();
  return { table: new DynamoTable(client, { users }), close: () => client.destroy() };
}

await command(HELP, async (args) => {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [what, username, phone, ...more] = positionals;
  const add = what === 'add' && username !== undefined && phone !== undefined;
  const remove = what === 'remove' && username !== undefined && phone === undefined;
  if (more.length > 0)
    throw new UsageError('Too many words. A password is never one of them: it comes from stdin.');
  if (!add && !remove) throw new UsageError('Say what: add NAME PHONE, or remove NAME.');
  const wrong = mistakes({ username, ...(phone !== undefined && { phone }) });
  if (wrong.length > 0) throw new UsageError(wrong.join('; '));
  const { table, close } = await open(values);
  try {
    if (add) {
      await addUser(table, { username, phone, password: await readPassword() }, values);
      say(values.replace ? 'The user has this password and phone now.' : 'The user was added.');
    } else {
      await dropUser(table, username);
      say('The user was removed.');
    }
    return 0;
  } finally {
    close();
  }
});
