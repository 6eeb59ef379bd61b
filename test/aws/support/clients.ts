/** The product's own adapters, in the process of the tests. */
import { SFNClient } from '@aws-sdk/client-sfn';
import { documentClient } from '../../../adapters/aws/document-client.ts';
import { DynamoTable } from '../../../adapters/aws/dynamo-table.ts';
import { putUser } from '../../../local/users.ts';
import { cheapCost } from '../../support/world.ts';
import type { Deployment } from './deployment.ts';

export const tableOf = ({ tables }: Pick<Deployment, 'tables'>): DynamoTable =>
  new DynamoTable(documentClient(), tables);

export const stepFunctions = (): SFNClient => new SFNClient({ disableHostPrefix: true });

/** A user with a phone of its own; the password costs little to check. */
export async function newUser(deployed: Deployment, username: string) {
  const digits = [...username].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 10_000_000, 7);
  const user = {
    username,
    phone: `+1555${String(digits).padStart(7, '0')}`,
    password: `pass-phrase-of-${username}`,
  };
  await putUser(tableOf(deployed), user, cheapCost);
  return user;
}
