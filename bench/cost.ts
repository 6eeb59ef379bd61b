/** `npm run bench:cost`: what a login, a payment and an order cost on AWS, from the work that the engine really does for one. */
import { costOfOrder } from './cost-checkout.ts';
import { costOfLogin } from './cost-login.ts';
import { costOfPayment } from './cost-payment.ts';

await costOfLogin();
process.stdout.write('\n');
await costOfPayment();
process.stdout.write('\n');
await costOfOrder();
