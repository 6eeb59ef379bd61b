/** `npm run bench:cost`: what a login and a payment cost on AWS, from the work that the engine really does for one. */
import { costOfLogin } from './cost-login.ts';
import { costOfPayment } from './cost-payment.ts';

await costOfLogin();
process.stdout.write('\n');
await costOfPayment();
