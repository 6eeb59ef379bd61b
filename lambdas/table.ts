import { documentClient } from '../adapters/aws/document-client.ts';
import { DynamoTable } from '../adapters/aws/dynamo-table.ts';

/** @param names physical names of the tables that this function reaches, by logical name. */
export const tableOf = (names: { readonly [table: string]: string }): DynamoTable =>
  new DynamoTable(documentClient(), names);
