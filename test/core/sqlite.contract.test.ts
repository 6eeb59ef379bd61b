import { temporaryTable } from '../support/tables.ts';
import { tableContract } from './table-contract.ts';

tableContract('SQLite', async () => temporaryTable());
tableContract('SQLite without its cache', async () => temporaryTable(0));
