// The typed error for what a confirm throws. A bug cannot be brought about over HTTP, or it would be mended.

import { errorAnswerFrom } from '../../src/confirms/answers';
import type { ConfirmReporter } from '../../src/confirms/report';
import { deviceFrom } from '../../src/graph/device';
import { NotSent } from '../../src/tokenapi/errors';

const device = deviceFrom('P', 'd');
const bugs: unknown[] = [];
const reporter: ConfirmReporter = {
  requestId: 'r-1',
  bug: (cause) => void bugs.push(cause),
  callEnded: () => undefined,
  confirmBegun: () => undefined,
  confirmEnded: () => undefined,
};
beforeEach(() => {
  bugs.length = 0;
});

it('reports a bug whole, and answers an unknown outcome without its words', () => {
  const bug = new TypeError('inner words');
  const answer = errorAnswerFrom(bug, device, reporter);
  expect([answer.constructor.name, answer.code, answer.nextStep, answer.requestId]).toEqual([
    'FirmwareUpgradeOutcomeUnknownError',
    'Gateway.OutcomeUnknown',
    'CHECK_STATUS',
    'r-1',
  ]);
  expect(answer.message).toBe('The gateway failed while it confirmed.');
  expect(bugs).toEqual([bug]);
});

it('reports no failure of the platform as a bug', () => {
  expect(errorAnswerFrom(new NotSent('not sent'), device, reporter)).toMatchObject({ code: 'Gateway.NotSent' });
  expect(bugs).toEqual([]);
});
