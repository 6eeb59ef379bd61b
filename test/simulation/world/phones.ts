/** The phone network and the phones. */
import type { SmsSender } from '../../../core/ports.ts';
import type { Process } from './process.ts';
import { Provider } from './provider.ts';
import type { Surroundings } from './surroundings.ts';

export class Phones {
  readonly #around: Surroundings;
  readonly #provider: Provider;
  readonly #arrived = new Map<string, string>();

  constructor(around: Surroundings) {
    this.#around = around;
    this.#provider = new Provider(around, 'phone network');
  }

  sender(process: Process): SmsSender {
    return {
      send: ({ to, body, effectId }) => {
        const [flowId = ''] = effectId.split('/');
        const order = { flowId, effectId, key: effectId, detail: { to, body } };
        return this.#provider.perform(order, process, () => {
          void this.#deliver(flowId, body);
          return { receipt: 'sent' };
        });
      },
    };
  }

  async #deliver(loginId: string, body: string): Promise<void> {
    await this.#around.delay(100, 15_000);
    this.#arrived.set(loginId, body.slice(0, 6));
  }

  /** The code of a login, once it has arrived; undefined where it does not within two minutes. */
  async code(loginId: string): Promise<string | undefined> {
    for (let look = 1; look <= 15; look++) {
      const code = this.#arrived.get(loginId);
      if (code !== undefined) return code;
      await this.#around.pause(1_000 * look);
    }
    return undefined;
  }
}
