import { checkoutBugs } from './bugs-of-checkout.ts';

/**
 * Deliberate bugs, to test the simulation itself: each is an edit of the real source, made while it is loaded. One that
 * the fixed seeds do not catch means that a check is missing.
 */
export interface Edit {
  /** Path from the root of the project. */
  file: string;
  /** Stands in the file exactly once. */
  from: string;
  to: string;
}

export const bugs: { [name: string]: Edit[] } = {
  'drop the version condition': [
    {
      file: 'core/persistence.ts',
      from: 'if: before === 0 ? { absent: true } : { equals: { version: before } },',
      to: '',
    },
  ],
  'commit the state without the entry': [
    {
      file: 'core/persistence.ts',
      from: "if (persistence === 'journal' || toDeliver.length > 0) {",
      to: "if (persistence === 'journal') {",
    },
  ],
  'commit the entry after the state': [
    {
      file: 'core/attempt.ts',
      from: 'const outcome = await transact(decision, writes);',
      to: `const outcome = await transact(decision, writes.slice(0, 1));
           await crash('commit.before', flowId);
           if (outcome === 'committed' && writes.length > 1) await transact(decision, writes.slice(1));`,
    },
  ],
  'commit the domain writes of an action before the state': [
    {
      file: 'core/attempt.ts',
      from: 'const outcome = await transact(decision, writes);',
      to: `if (domain.length > 0 && (await transact(decision, domain)) !== 'committed') return 'again' as const;
           const outcome = await transact(decision, writes.filter((write) => !domain.includes(write)));`,
    },
  ],
  'take a time-out for a success': [
    {
      file: 'core/attempt.ts',
      from: 'const outcome = await table.transact(writes);',
      to: "const outcome = await table.transact(writes).catch(() => 'committed' as const);",
    },
  ],
  'forget the event id': [
    {
      file: 'core/deliver.ts',
      from: 'const before = record && seen(flow, record, event.id);',
      to: 'const before = undefined as ReturnType<typeof seen>;',
    },
  ],
  'remember two transitions only': [
    { file: 'core/transition.ts', from: 'TRAIL_LENGTH = 32', to: 'TRAIL_LENGTH = 2' },
  ],
  'take DeadlinePassed from the index instead of the record': [
    {
      file: 'core/deliver.ts',
      from: 'if (!record?.deadline || record.deadline > now) return nothingDue(loaded);',
      to: 'if (!record?.deadline) return nothingDue(loaded);',
    },
  ],
  'ignore the deadline': [
    {
      file: 'core/deliver.ts',
      from: 'if (!record?.deadline || record.deadline > now) return nothingDue(loaded);',
      to: 'if (record) return nothingDue(loaded);',
    },
  ],
  'begin the deadline anew with every event': [
    {
      file: 'core/transition.ts',
      from: 'if (stays && event.type !== DEADLINE_PASSED) return lasting(record);',
      to: '',
    },
  ],
  'answer again with what stands in the record now': [
    {
      file: 'core/transition.ts',
      from: 'newest && view ? [',
      to: 'false && newest && view ? [',
    },
  ],
  'lose deferred events on restart': [
    {
      file: 'core/persistence.ts',
      from: 'return { ...(record as unknown as Item), ...(due && { dueAt: due }) };',
      to: 'return { ...(record as unknown as Item), deferred: [], ...(due && { dueAt: due }) };',
    },
  ],
  'find due deferred events by chance only': [
    {
      file: 'core/persistence.ts',
      from: 'const due = record.deferred.some((waiting) => waiting.due) ? record.trail.at(-1)?.at : record.deadline;',
      to: 'const due = record.deadline;',
    },
    {
      file: 'core/deliver.ts',
      from: "if (status === 'applied' && answer.record.deferred",
      to: 'if (false && answer.record.deferred',
    },
  ],
  'let a newer event overtake the deferred ones': [
    {
      file: 'core/deliver.ts',
      from: 'const waiting = loaded.record?.deferred.find(({ due }) => due);',
      to: "const waiting = event.type === 'Deferred' ? loaded.record?.deferred.find(({ due }) => due) : undefined;",
    },
  ],
  'deliver the newest deferred event first': [
    {
      file: 'core/deliver.ts',
      from: 'loaded.record?.deferred.find(({ due }) => due)',
      to: 'loaded.record?.deferred.findLast(({ due }) => due)',
    },
  ],
  'drop deferred events without naming them': [
    { file: 'core/transition.ts', from: '...(dropped.length > 0 && {', to: '...(dropped.length > 99 && {' },
    {
      file: 'core/transition.ts',
      from: 'const left = before.filter(({ event }) => !gone.has(event.id));',
      to: 'const left = from === to ? before.filter(({ event }) => !gone.has(event.id)) : [];',
    },
  ],
  'mark before performing': [
    {
      file: 'core/relay.ts',
      from: `const tried = await perform(executor, mine, effect);`,
      to: `await notes.note(mine, effect, { status: 'delivered', attempt: claim.attempt });
    const tried = await perform(executor, mine, effect);`,
    },
  ],
  'perform before the claim, from entries that are not committed yet': [
    {
      file: 'core/relay.ts',
      from: 'const claim = await notes.claim(entry, effect, leaseFloor);',
      to: `if (bookkeepingOf(entry, effect).attempt === 0) await call(executor, entry, effect).catch(() => {});
           const claim = await notes.claim(entry, effect, leaseFloor);`,
    },
    {
      file: 'adapters/embedded/sqlite-table.ts',
      from: "this.#db.exec('COMMIT');",
      to: `for (const listener of this.#listeners) listener(changes);
           this.#db.exec('COMMIT');`,
    },
  ],
  'ignore the lease': [
    {
      file: 'core/bookkeeping.ts',
      from: "if (status === 'claimed' && leaseUntil && leaseUntil > iso(Math.max(now, leaseFloor))) return 'nothing';",
      to: '',
    },
  ],
  'write notes without comparing': [
    { file: 'core/notes.ts', from: 'if: { equals: { revision: before.revision } },', to: '' },
  ],
  'forget claims that ran out': [
    {
      file: 'core/bookkeeping.ts',
      from: 'if (due) next.dueAt = due;',
      to: "if (due && note.status !== 'claimed') next.dueAt = due;",
    },
  ],
  'take an unknown delivery for a success': [
    {
      file: 'core/relay.ts',
      from: `const again = toTryAgain(claim, last, clock.now(), settings, executor.persistent);`,
      to: `if (last.failure === 'ambiguous') return notes.note(entry, effect, { status: 'delivered', attempt: claim.attempt });
    const again = toTryAgain(claim, last, clock.now(), settings, executor.persistent);`,
    },
  ],
  'repeat an effect under a new key': [
    { file: 'core/relay.ts', from: 'const key = effect.repeats ?? effect.id;', to: 'const key = effect.id;' },
  ],
  'write the result and its mark apart': [
    {
      file: 'core/relay.ts',
      from: "const answer = await deliver({ ...delivery, origin: 'own', alongside });",
      to: `const answer = await deliver({ ...delivery, origin: 'own' });
           if ('version' in answer) await notes.note(entry, effect, mark);`,
    },
  ],
  'keep a failure to oneself': [
    {
      file: 'core/relay.ts',
      from: `const event = failureEvent(executor, effect, failure);`,
      to: `const event = undefined as ReturnType<typeof failureEvent>;
    if (attempt) return notes.note(entry, effect, { status: 'failed', ...left });`,
    },
  ],
  'send an expired code': [
    {
      file: 'core/bookkeeping.ts',
      from: 'notAfter === undefined || notAfter > iso(now);',
      to: "notAfter === undefined || iso(now) !== '';",
    },
  ],
  'hand only the first entry of a commit to the relay': [
    {
      file: 'local/background.ts',
      from: 'for (const { key, item } of changes) {',
      to: 'for (const { key, item } of changes.slice(0, 2)) {',
    },
  ],
  'leave lost changes lost': [
    { file: 'core/reconciler.ts', from: 'if (item) await relay.handle(item);', to: '' },
  ],
  'hold conditions of a group against what was there before it': [
    {
      file: 'adapters/embedded/sqlite-table.ts',
      from: "if (write.if && !holds(write.if, this.#get(write.key))) return 'conflict';",
      to: `const name = JSON.stringify(write.key);
           if (!this.seen.has(name)) this.seen.set(name, this.#get(write.key));
           if (write.if && !holds(write.if, this.seen.get(name))) return 'conflict';`,
    },
    {
      file: 'adapters/embedded/sqlite-table.ts',
      from: 'const group = this.#waiting;',
      to: 'this.seen = new Map();\n    const group = this.#waiting;',
    },
  ],
  'answer a group whose commit failed': [
    {
      file: 'adapters/embedded/sqlite-table.ts',
      from: 'return { outcomes: [failed], changes: [] };',
      to: "return { outcomes: [failed ? 'committed' : 'clash'], changes: [] };",
    },
  ],
  'reset the attempts with a resend': [
    {
      file: 'flows/mfa-login/actions/send-otp-sms.ts',
      from: 'resendsLeft: data.resendsLeft - 1,',
      to: 'resendsLeft: data.resendsLeft - 1,\n        attemptsLeft: settings.attempts,',
    },
  ],
  'send another code with a resend': [
    {
      file: 'flows/mfa-login/actions/send-otp-sms.ts',
      from: 'resendsLeft: data.resendsLeft - 1,',
      to: 'resendsLeft: data.resendsLeft - 1,\n        codeCounter: Date.parse(now),',
    },
  ],
  'take a code after its end': [
    {
      file: 'flows/mfa-login/actions/verify-otp.ts',
      from: "if (data.expiresAt <= now) return { outcome: 'OtpTooLate' };",
      to: '',
    },
  ],
  'take from the quota outside of the transaction': [
    {
      file: 'core/attempt.ts',
      from: '...persist(flow, version, record, entry), ...domain,',
      to: '...persist(flow, version, record, entry), ...(domain.some(({ key }) => key.table === "quotas") ? [] : domain),',
    },
  ],
  'take from the quota without a condition': [
    {
      file: 'flows/mfa-login/sms-quota.ts',
      from: 'if: { equals: { hourFrom: hour.from, dayFrom: day.from }, atLeast: { hourLeft: 1, dayLeft: 1 } },',
      to: '',
    },
  ],
  'let a delayed account in': [
    {
      file: 'flows/mfa-login/actions/verify-password.ts',
      from: 'if (delayed)',
      to: 'if (delayed && !matches)',
    },
  ],
  'put the code into the record': [
    {
      file: 'flows/mfa-login/actions/verify-otp.ts',
      from: 'data: { ...data, attemptsLeft },',
      to: "data: { ...data, attemptsLeft, source: deriveCode(await secret('otp'), flowId, data.codeCounter) },",
    },
  ],
  'take an expired record for a living one': [
    {
      file: 'core/deliver.ts',
      from: 'const live = stored && !(stored.expiresAt && stored.expiresAt <= now);',
      to: 'const live = stored;',
    },
  ],
  'count anew over an expired record': [
    {
      file: 'core/deliver.ts',
      from: 'version: stored?.version ?? 0,',
      to: 'version: (live && stored.version) || 0,',
    },
  ],
  'give up after the first conflict': [
    { file: 'core/deliver.ts', from: 'tries >= settings.attempts', to: 'tries >= 1' },
  ],
  'believe a caller that the deadline has passed': [
    {
      file: 'core/deliver.ts',
      from: "if (record && event.type === DEADLINE_PASSED) return refused(record, 'NotAllowed');",
      to: '',
    },
  ],
  'answer whatever comes under a known id': [
    {
      file: 'core/deliver.ts',
      from: "return before.fingerprint === fingerprint ? answerAgain(record, before) : { status: 'key-reused' };",
      to: 'return answerAgain(record, before);',
    },
  ],
  'take an endless clash for a commit': [
    {
      file: 'core/attempt.ts',
      from: "if (clock.now() >= until) return 'conflict';",
      to: "if (clock.now() >= until) return 'committed';",
    },
  ],
  'keep the token to oneself': [
    {
      file: 'core/attempt.ts',
      from: 'reply, replayed: false, record };',
      to: 'reply: {}, replayed: false, record };',
    },
  ],
  'refuse what could not be decided': [
    {
      file: 'core/attempt.ts',
      from: "return { status: 'unavailable', reason: output.unavailable.reason };",
      to: 'return rejected(decision, output.unavailable.reason);',
    },
  ],
  'drop what has to wait on': [
    { file: 'core/attempt.ts', from: "'deferred' in output", to: "'deferred' in output && !queued" },
  ],
  'let a passed deadline stand': [
    {
      file: 'core/transition.ts',
      from: 'if (stays && event.type !== DEADLINE_PASSED) return lasting(record);',
      to: 'if (stays) return lasting(record);',
    },
  ],
  'keep for ever what is over': [
    {
      file: 'core/transition.ts',
      from: 'return kept === undefined ? {} : { expiresAt: after(kept) };',
      to: 'return {};',
    },
  ],
  'leave removed fields in the record': [
    {
      file: 'core/transition.ts',
      from: 'const data = changed(record?.data ?? {}, made.change);',
      to: 'const data = { ...record?.data, ...made.change.set };',
    },
  ],
  'forget that deferred events are due': [
    {
      file: 'core/transition.ts',
      from: 'due: from !== to || (one.due && one.event.id !== change.again),',
      to: 'due: from !== to,',
    },
  ],
  'wait for ever for a provider': [
    {
      file: 'core/relay.ts',
      from: 'await Promise.race([executor.perform(effect, context), late.promise])',
      to: 'await Promise.race([executor.perform(effect, context), late.promise.catch(() => new Promise<never>(() => {}))])',
    },
  ],
  'perform only the first effect of a transition': [
    {
      file: 'core/relay.ts',
      from: 'for (const [index, effect] of mine.entries()) {',
      to: 'for (const [index, effect] of mine.slice(0, 1).entries()) {',
    },
  ],
  'forget the other effects with a note': [
    {
      file: 'core/bookkeeping.ts',
      from: `delivery: { ...entry.delivery, [effect.id]: made },`,
      to: `delivery: { [effect.id]: made },`,
    },
  ],
  'give up a note at the first failure': [
    {
      file: 'core/notes.ts',
      from: 'const written = await rewrite(entry, wanted, settings.writeMs,',
      to: 'const written = await rewrite(entry, wanted, 0,',
    },
  ],
  'ask again who has refused for good': [
    {
      file: 'core/bookkeeping.ts',
      from: `if (failure === 'permanent') return undefined;`,
      to: ``,
    },
  ],
  'try again without a pause': [
    { file: 'core/bookkeeping.ts', from: "if (nextAt && nextAt > iso(now)) return 'nothing';", to: '' },
  ],
  'let a right guess slip past the limit': [
    {
      file: 'flows/mfa-login/actions/verify-password.ts',
      from: 'writes: found.slice(0, 1).map',
      to: 'writes: found.slice(0, 0).map',
    },
  ],
  'remember failures after a success': [
    {
      file: 'flows/mfa-login/actions/verify-otp.ts',
      from: "return { outcome: 'OtpAccepted', writes: reset };",
      to: "return { outcome: 'OtpAccepted' };",
    },
  ],
  'repeat an SMS that another has replaced': [
    {
      file: 'flows/mfa-login/actions/send-otp-sms.ts',
      from: "if (failed !== smsVersion) return { outcome: 'SmsSuperseded' };",
      to: '',
    },
  ],
  'resend without a pause': [
    {
      file: 'flows/mfa-login/actions/send-otp-sms.ts',
      from: '        resendAvailableAt: secondsAfter(now, settings.resendCooldownSeconds),\n      };',
      to: '      };',
    },
  ],
  'forget the quota of a day': [
    {
      file: 'flows/mfa-login/sms-quota.ts',
      from: 'const full = [hour, day].filter',
      to: 'const full = [hour].filter',
    },
  ],
  'show a phone number': [{ file: 'flows/mfa-login/index.ts', from: 'phone: maskPhone(phone)', to: 'phone' }],
  'tell a failure as certain though an earlier call may have done it': [
    {
      file: 'core/relay.ts',
      from: 'const failure = overall(claim, last, executor.unkeyed);',
      to: 'const failure = last;',
    },
  ],
  'claim while the lease of another lasts': [
    {
      file: 'core/bookkeeping.ts',
      from: "leaseUntil > iso(Math.max(now, leaseFloor))) return 'nothing';",
      to: "leaseUntil > iso(Math.max(now + 15_000, leaseFloor))) return 'nothing';",
    },
  ],
  'load a record that may be old': [
    {
      file: 'core/deliver.ts',
      from: 'await table.read(recordKey(flow.name, flowId));',
      to: "await table.read(recordKey(flow.name, flowId), { consistency: 'eventual' });",
    },
  ],
  'take the ids of callers for fresh every time': [
    {
      file: 'core/deliver.ts',
      from: 'blind = delivery.fresh === true && !retry;',
      to: 'blind = delivery.fresh === true;',
    },
  ],
  'create over what is there': [
    {
      file: 'core/persistence.ts',
      from: 'if: before === 0 ? { absent: true } : { equals: { version: before } },',
      to: 'if: before === 0 ? {} : { equals: { version: before } },',
    },
  ],
  'send by a record that may be old': [
    {
      file: 'flows/mfa-login/sms.ts',
      from: "Number(early?.['version'] ?? 0) < versionOf(effect.id) ? await table.read(key) : early;",
      to: 'early;',
    },
  ],
  'begin a quota without a condition': [
    { file: 'flows/mfa-login/sms-quota.ts', from: 'if: asRead(item),', to: '' },
  ],
  'look late at failures of an address': [
    {
      file: 'flows/mfa-login/actions/verify-password.ts',
      from: 'stored: await read.get(one.key.pk, one.key.sk) });',
      to: "stored: await read.get(one.key.pk, one.key.sk, one.limits.length === 1 ? { consistency: 'eventual' } : {}) });",
    },
  ],
  'look late at the failures of this login': [
    {
      file: 'flows/mfa-login/actions/verify-otp.ts',
      from: "data.attemptsLeft !== settings.attempts ? 'strong' : 'eventual';",
      to: "'eventual';",
    },
  ],
  'make a request anew at each inquiry': [
    {
      file: 'flows/payment/gateway.ts',
      from: 'await gateway.send(wanted, { ...call, key: sent.effectId })',
      to: 'await gateway.send(wanted, { ...call, key })',
    },
  ],
  'make a request anew without a proof that nothing was done': [
    {
      file: 'flows/payment/gateway.ts',
      from: 'const found = await gateway.find(wanted, sent.at, { ...call, now });',
      to: "const found = { status: 'nothing' as string } as Awaited<ReturnType<CardGateway['find']>>;",
    },
  ],
  'rely on a key that the gateway has forgotten': [
    {
      file: 'flows/payment/gateway.ts',
      from: 'const isOpen = closedAt(sent, settings) > now;',
      to: 'const isOpen = true;',
    },
  ],
  'inquire ever more rarely': [
    {
      file: 'flows/payment/actions/ask-gateway.ts',
      from: 'Math.min(2 * data.waitSeconds, settings.longestInquireSeconds)',
      to: '20 * data.waitSeconds',
    },
  ],
  'take an error that the gateway keeps for a no': [
    {
      file: 'flows/payment/gateway.ts',
      from: "if (answer.status === 'stored-error') throw new EffectError('ambiguous', answer.status);",
      to: "if (answer.status === 'stored-error') return { event: event(request, { status: 'refused', code: 'error' }) };",
    },
  ],
  'take used up attempts for a no of the gateway': [
    {
      file: 'flows/payment/gateway.ts',
      from: "failure === 'permanent' ? event(",
      to: "failure !== 'nothing' as string ? event(",
    },
  ],
  'take an open answer for a yes': [
    {
      file: 'flows/payment/gateway.ts',
      from: "if (answer.status === 'undecided') return undecided;",
      to: "if (answer.status === 'undecided') return { event: event(request, { status: 'done', authorization: '' }) };",
    },
  ],
  'capture more than was authorised': [
    {
      file: 'flows/payment/capture.ts',
      from: 'return value <= authorized ?',
      to: 'return value <= authorized * 2 ?',
    },
  ],
  'give back what was authorised': [
    {
      file: 'flows/payment/actions/request-reversal.ts',
      from: 'const { authorization, captured: amount } = input.data;',
      to: 'const { authorization, amount } = input.data;',
    },
  ],
  'forget what was captured': [
    {
      file: 'flows/payment/actions/note-answer.ts',
      from: "moved('AmountCaptured', 'captured', request, amount)",
      to: "moved('AmountCaptured', 'captured', undefined, amount)",
    },
  ],
  'give up on whoever listens': [{ file: 'core/publication.ts', from: 'persistent: true,', to: '' }],
  'tell others before it is committed': [
    {
      file: 'core/publication.ts',
      from: 'await publish(publicationOf(entryOf(entry)), signal);',
      to: "await publish({ ...publicationOf(entryOf(entry)), version: Number(entry['version']) + 1 }, signal);",
    },
  ],
  'chain an entry to nothing': [
    { file: 'core/journal.ts', from: "previous: record?.hash ?? ''", to: "previous: record?.hash ? '' : ''" },
  ],
  ...checkoutBugs,
};
