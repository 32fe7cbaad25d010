// What each answer of the platform is taken for: a table of answers, in both envelopes, damaged, contradictory and of other calls.
// Every row is one confirm that the platform received once.

import { answerWith, confirm, type Pair, PRODUCT, quoted, startPair } from '../pair';

const SUCCESS = { __typename: 'ConfirmFirmwareUpgradeSuccess' };
const outcomeUnknown = (message: string) => ({
  __typename: 'FirmwareUpgradeOutcomeUnknownError',
  code: 'Gateway.OutcomeUnknown',
  message,
});
const ANOTHERS = outcomeUnknown('The answer carries the RequestId of another call.');
const NOBODYS = outcomeUnknown('The answer does not carry the RequestId that was sent.');
const NO_ENVELOPE = outcomeUnknown('The answer has neither of the known envelopes.');
const NO_CODE = outcomeUnknown('The answer has an error without a code.');
const status = (is: number) => outcomeUnknown(`The platform answered with HTTP status ${is}.`);
const offline = (message = 'm') => ({ __typename: 'DeviceOfflineError', code: OFFLINE, message: quoted(message) });
const unknownCode = (code: string, message = 'm') => ({
  __typename: 'TokenApiUnknownCodeError',
  code,
  message: quoted(message),
});
const INTERNAL = { __typename: 'TokenApiInternalError', message: 'The platform reported an internal error.' };

const OFFLINE = 'FailedOperation.DeviceOffline';
const error = (Code: unknown = OFFLINE, Message: unknown = 'm') => ({ Error: { Code, Message } });
const refusal = (id: string, Code?: unknown, Message?: unknown) => ({
  Response: { RequestId: id, ...error(Code, Message) },
});

/** pino's levels: what is nobody's or another's answer is for somebody to look into. */
const [INFO, WARN, ERROR] = [30, 40, 50];

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterAll(() => pair.close());
beforeEach(() => {
  pair.simulator.received.length = 0;
});

type Body = (id: string) => unknown;

/** Confirms, is answered so, and checks that this was one call with the RequestId that the client is given. */
async function answerTo(body: Body, httpStatus = 200, token?: string) {
  answerWith(pair, (id) => ({ status: httpStatus, body: body(id) }));
  const answer = await confirm(pair, 'lamp-1', token === undefined ? {} : { token });
  expect(pair.simulator.received.map((call) => [call.action, call.body.ProductId, call.body.RequestId])).toEqual([
    ['AppPublishFirmwareUpdateMessage', PRODUCT, answer.requestId],
  ]);
  const { level } = pair.log.find((line) => line.msg === 'upstream call' && line.RequestId === answer.requestId) ?? {};
  return { answer, level };
}

describe('whose answer it is', () => {
  it.each<[string, Body, object, number]>([
    ['in Response', (id) => ({ Response: { RequestId: id } }), SUCCESS, INFO],
    ['in data', (id) => ({ code: 0, data: { RequestId: id } }), SUCCESS, INFO],
    ['beside Response', (id) => ({ RequestId: id, Response: {} }), SUCCESS, INFO],
    ['beside data', (id) => ({ RequestId: id, code: 0, data: {} }), SUCCESS, INFO],
    ['in both places', (id) => ({ RequestId: id, Response: { RequestId: id } }), SUCCESS, INFO],
    ['nowhere', () => ({ Response: {} }), NOBODYS, ERROR],
    ['nowhere, in the other envelope', () => ({ code: 0, data: {} }), NOBODYS, ERROR],
    ['of another call in Response', () => ({ Response: { RequestId: 'x' } }), ANOTHERS, ERROR],
    ['of another call beside ours', (id) => ({ RequestId: 'x', Response: { RequestId: id } }), SUCCESS, INFO],
    [
      'of another call beside ours in data',
      (id) => ({ RequestId: 'x', code: 0, data: { RequestId: id } }),
      SUCCESS,
      INFO,
    ],
    [
      'of another call beside ours, and of an error',
      (id) => ({ RequestId: 'x', ...error(), Response: { RequestId: id } }),
      ANOTHERS,
      ERROR,
    ],
    ['of another call beside Response without one', () => ({ RequestId: 'x', Response: {} }), ANOTHERS, ERROR],
    ['ours beside an empty one', (id) => ({ RequestId: id, Response: { RequestId: '' } }), SUCCESS, INFO],
    ['ours beside another’s', (id) => ({ RequestId: id, Response: { RequestId: 'x' } }), ANOTHERS, ERROR],
    ['empty beside ours', (id) => ({ RequestId: '', code: 0, data: { RequestId: id } }), SUCCESS, INFO],
    ['another’s beside a refusal', (id) => ({ RequestId: 'x', ...refusal(id) }), offline(), INFO],
    ['of another call in data', (id) => ({ Response: { RequestId: id }, data: { RequestId: 'x' } }), ANOTHERS, ERROR],
    ['null', () => ({ Response: { RequestId: null } }), NOBODYS, ERROR],
    ['empty', () => ({ Response: { RequestId: '' } }), NOBODYS, ERROR],
    [
      'empty everywhere',
      () => ({ RequestId: '', Response: { RequestId: '' }, data: { RequestId: '' } }),
      NOBODYS,
      ERROR,
    ],
    ['a refusal of nobody', () => ({ Response: error() }), NOBODYS, ERROR],
    ['a refusal of another call', () => refusal('x'), ANOTHERS, ERROR],
    ['a code of nobody', () => ({ code: -1000, msg: 'm', data: {} }), NO_ENVELOPE, WARN],
  ])('RequestId %s', async (_name, body, expected, logged) => {
    const { answer, level } = await answerTo(body);
    expect(answer).toMatchObject(expected);
    expect(level).toBe(logged);
  });
});

describe('which envelope it has', () => {
  it.each<[string, Body, object]>([
    ['code 0', (id) => ({ code: 0, data: { RequestId: id } }), SUCCESS],
    ['code "0"', (id) => ({ code: '0', data: { RequestId: id } }), SUCCESS],
    ['code "-0"', (id) => ({ code: '-0', data: { RequestId: id } }), SUCCESS],
    ['no code', (id) => ({ data: { RequestId: id } }), NO_ENVELOPE],
    ['code null', (id) => ({ code: null, data: { RequestId: id } }), NO_ENVELOPE],
    ['code ""', (id) => ({ code: '', data: { RequestId: id } }), NO_ENVELOPE],
    ['code "x0"', (id) => ({ code: 'x0', data: { RequestId: id } }), NO_ENVELOPE],
    ['code "0x"', (id) => ({ code: '0x', data: { RequestId: id } }), NO_ENVELOPE],
    ['code of 17 digits', (id) => ({ code: '0'.repeat(17), data: { RequestId: id } }), NO_ENVELOPE],
    ['code ["0"]', (id) => ({ code: ['0'], data: { RequestId: id } }), NO_ENVELOPE],
    ['code 7', (id) => ({ code: 7, msg: 'm', data: { RequestId: id } }), unknownCode('7')],
    ['code "-1000"', (id) => ({ code: '-1000', msg: 'm', data: { RequestId: id } }), unknownCode('-1000')],
    ['code 7 beside Response', (id) => ({ code: 7, msg: 'm', Response: { RequestId: id } }), unknownCode('7')],
    ['code 0 beside Response', (id) => ({ code: 0, Response: { RequestId: id } }), SUCCESS],
    ['code 7 without msg', (id) => ({ code: 7, data: { RequestId: id } }), unknownCode('7', '')],
    ['code 7 with msg null', (id) => ({ code: 7, msg: null, data: { RequestId: id } }), unknownCode('7', '')],
    ['code 7 with msg 5', (id) => ({ code: 7, msg: 5, data: { RequestId: id } }), unknownCode('7', '5')],
    ['Response null', (id) => ({ RequestId: id, Response: null }), NO_ENVELOPE],
    ['Response an array', (id) => ({ RequestId: id, Response: [] }), NO_ENVELOPE],
    ['Response a text', (id) => ({ RequestId: id, Response: 'ok' }), NO_ENVELOPE],
    ['data null', (id) => ({ RequestId: id, code: 0, data: null }), NO_ENVELOPE],
    ['data a text', (id) => ({ RequestId: id, code: 0, data: 'ok' }), NO_ENVELOPE],
    ['null', () => 'null', NO_ENVELOPE],
    ['a text', () => '"ok"', NO_ENVELOPE],
    ['no JSON', () => '{"Response":', NO_ENVELOPE],
  ])('%s', async (_name, body, expected) => {
    const { answer, level } = await answerTo(body);
    expect(answer).toMatchObject(expected);
    expect(level).toBe(expected === NO_ENVELOPE ? WARN : INFO);
  });
});

describe('which HTTP status it has', () => {
  it.each<[number, Body, object]>([
    [200, (id) => ({ Response: { RequestId: id } }), SUCCESS],
    [299, (id) => ({ Response: { RequestId: id } }), SUCCESS],
    [300, (id) => ({ Response: { RequestId: id } }), status(300)],
    [399, (id) => ({ Response: { RequestId: id } }), status(399)],
    [400, (id) => ({ Response: { RequestId: id } }), { code: 'HTTP_400' }],
    [499, () => '', { code: 'HTTP_499' }],
    [500, (id) => ({ Response: { RequestId: id } }), status(500)],
    [599, () => '', status(599)],
    [408, () => '', status(408)],
    [421, () => '', status(421)],
    [425, () => '', status(425)],
    [429, () => '', { code: 'HTTP_429' }],
    [408, (id) => refusal(id), offline()],
    [500, (id) => refusal(id), offline()],
    [500, (id) => ({ code: 7, msg: 'm', data: { RequestId: id } }), unknownCode('7')],
    [400, () => ({ Response: error() }), { code: 'HTTP_400' }],
  ])('%i', async (httpStatus, body, expected) => {
    expect((await answerTo(body, httpStatus)).answer).toMatchObject(expected);
  });
});

describe('which error it carries', () => {
  const data = (id: string, more: object) => ({ code: 0, data: { RequestId: id, ...more } });
  it.each<[string, Body, object]>([
    ['in Response', (id) => refusal(id), offline()],
    ['in data', (id) => data(id, error()), offline()],
    ['beside Response', (id) => ({ ...error(), Response: { RequestId: id } }), offline()],
    ['in Response before data', (id) => ({ ...refusal(id), data: error('FailedOperation') }), offline()],
    ['in data before the envelope', (id) => ({ ...data(id, error()), ...error('FailedOperation') }), offline()],
    ['before the number', (id) => ({ code: 7, msg: 'n', data: { RequestId: id, ...error() } }), offline()],
    ['in data after one without a code', (id) => ({ ...refusal(id, ''), data: error() }), offline()],
    ['with an empty code', (id) => refusal(id, ''), NO_CODE],
    ['with a code that is no text', (id) => refusal(id, 7), NO_CODE],
    ['that is empty', (id) => ({ Response: { RequestId: id, Error: {} } }), NO_CODE],
    ['that is a text', (id) => ({ Response: { RequestId: id, Error: OFFLINE } }), NO_CODE],
    ['that is false', (id) => ({ Response: { RequestId: id, Error: false } }), NO_CODE],
    ['that is empty, in data', (id) => data(id, { Error: {} }), NO_CODE],
    ['that is empty, beside Response', (id) => ({ Error: {}, Response: { RequestId: id } }), NO_CODE],
    ['that is null', (id) => ({ Response: { RequestId: id, Error: null } }), SUCCESS],
    ['without a message', (id) => ({ Response: { RequestId: id, Error: { Code: OFFLINE } } }), offline('')],
    ['with a message that is no text', (id) => refusal(id, OFFLINE, { a: 1 }), offline('')],
    ['with half a character', (id) => refusal(id, OFFLINE, 'a\ud83d'), offline('a\ufffd')],
  ])('an error %s', async (_name, body, expected) => {
    const { answer, level } = await answerTo(body);
    expect(answer).toMatchObject(expected);
    expect(level).toBe(expected === NO_CODE ? WARN : INFO);
  });

  it.each([
    ['verbatim', 'Some_Code.9', 'Some_Code.9'],
    ['at its longest', 'x'.repeat(128), 'x'.repeat(128)],
    ['cut', 'x'.repeat(129), 'x'.repeat(128)],
    ['without what no code has', ' a<b\nc-', '_a_b_c_'],
    ['without what no code has at its end', 'ab>', 'ab_'],
    ['a negative number', '-1000', '-1000'],
    ['no number', '--5', '__5'],
    ['a number and more', '-5-', '_5_'],
    ['no number of 17 digits', `-${'1'.repeat(17)}`, `_${'1'.repeat(17)}`],
  ])('a code: %s', async (_name, sent, code) => {
    expect((await answerTo((id) => refusal(id, sent))).answer).toMatchObject(unknownCode(code));
  });

  it.each([
    ['a code with a dot', 'InternalError', 'Some.Code|text', unknownCode('Some.Code', 'text')],
    ['a known code', 'InternalError', 'FailedOperation|text', { code: 'FailedOperation', message: quoted('text') }],
    ['a code of four parts', 'InternalError', 'a.b.c.d|text', unknownCode('a.b.c.d', 'text')],
    [
      'parts of 64',
      'InternalError',
      `${'a'.repeat(64)}.${'b'.repeat(64)}|`,
      { __typename: 'TokenApiUnknownCodeError' },
    ],
    ['in an internal error of its own', 'InternalError.Database', 'a.b|text', unknownCode('a.b', 'text')],
    ['a second bar', 'InternalError', 'a.b|c|d', unknownCode('a.b', 'c|d')],
    ['no text', 'InternalError', 'a.b|', unknownCode('a.b', '')],
    ['one word that is no known code', 'InternalError', 'Error|text', { ...INTERNAL, code: 'InternalError' }],
    ['a code of five parts', 'InternalError', 'a.b.c.d.e|text', { ...INTERNAL, code: 'InternalError' }],
    ['a part of 65', 'InternalError', `${'a'.repeat(65)}.b|`, { ...INTERNAL, code: 'InternalError' }],
    ['a code in the middle', 'InternalError', 'see a.b|text', { ...INTERNAL, code: 'InternalError' }],
    ['an empty part', 'InternalError', 'a.|text', { ...INTERNAL, code: 'InternalError' }],
    ['no bar', 'InternalError', 'a.b', { ...INTERNAL, code: 'InternalError' }],
    ['no code', 'InternalError.Database', 'a b|text', { ...INTERNAL, code: 'InternalError.Database' }],
    ['in another error', 'InternalErrors', 'a.b|text', unknownCode('InternalErrors', 'a.b|text')],
    ['in an ordinary error', OFFLINE, 'a.b|text', offline('a.b|text')],
  ])('a code in a message: %s', async (_name, code, message, expected) => {
    expect((await answerTo((id) => refusal(id, code, message))).answer).toMatchObject(expected);
  });
});

describe('a code in msg alone', () => {
  const said =
    (msg: unknown, code: unknown = -1000) =>
    (id: string) => ({ code, msg, data: { RequestId: id } });
  it.each<[string, Body, object]>([
    ['as the whole', said(OFFLINE), offline('')],
    ['behind blanks', said(` \n${OFFLINE}|text`), offline('text')],
    ['before a bar', said(`${OFFLINE}|text`), offline('text')],
    ['before a colon', said(`${OFFLINE}: text`), offline('text')],
    ['before a blank', said(`${OFFLINE} 离线`), offline('离线')],
    [
      'of a known family',
      said('ResourceNotFound.Of9'),
      { __typename: 'TokenApiResourceNotFoundError', code: 'ResourceNotFound.Of9' },
    ],
    [
      'of an invalid token',
      said('InvalidParameterValue.InvalidAccessToken'),
      { __typename: 'TokenApiInvalidAccessTokenError' },
    ],
    ['that hides another', said(`InternalError|${OFFLINE}|text`), offline('text')],
    ['without a number', (id) => ({ msg: OFFLINE, data: { RequestId: id } }), offline('')],
    [
      'beside an Error without one',
      (id) => ({ code: 1, msg: OFFLINE, data: { RequestId: id, ...error('') } }),
      offline(''),
    ],
    [
      'beside an Error with another',
      (id) => ({ code: 1, msg: 'ResourceNotFound', data: { RequestId: id, ...error() } }),
      offline(),
    ],
    ['at the end of a sentence', said(`${OFFLINE}.`), offline('')],
    ['before another sentence', said(`${OFFLINE}. 离线。`), offline('离线。')],
    ['behind blanks', said(` \n${OFFLINE} 离线`), offline('离线')],
    ['in brackets', said(`[${OFFLINE}] 离线`), offline('离线')],
    ['in quotation marks', said(`"${OFFLINE}"`), offline('')],
    ['that is not known', said('Strange.Code'), unknownCode('-1000', 'Strange.Code')],
    ['in the middle', said(`see ${OFFLINE}`), unknownCode('-1000', `see ${OFFLINE}`)],
    ['with more at its end', said('FailedOperations'), unknownCode('-1000', 'FailedOperations')],
    ['of five parts', said('FailedOperation.a.b.c.d'), unknownCode('-1000', 'FailedOperation.a.b.c.d')],
    ['of a success', said(OFFLINE, 0), SUCCESS],
    ['of a success as documented', (id) => ({ msg: OFFLINE, Response: { RequestId: id } }), SUCCESS],
    ['of nobody', () => ({ code: -1000, msg: OFFLINE, data: {} }), NO_ENVELOPE],
    ['of another call', () => ({ code: -1000, msg: OFFLINE, data: { RequestId: 'x' } }), ANOTHERS],
  ])('%s', async (_name, body, expected) => {
    expect((await answerTo(body)).answer).toMatchObject(expected);
  });
});

describe('what is around it', () => {
  const json = (id: string) => JSON.stringify({ Response: { RequestId: id } });
  it.each<[string, Body, object]>([
    ['a byte order mark', (id) => `\ufeff${json(id)}`, SUCCESS],
    ['a byte order mark behind a line break', (id) => `\r\n\ufeff${json(id)}`, SUCCESS],
    ['blanks and a NUL at its end', (id) => `${json(id)} \r\n\0`, SUCCESS],
    ['another text', (id) => `${json(id)} {}`, NO_ENVELOPE],
    ['a byte order mark alone', () => '\ufeff', NO_ENVELOPE],
  ])('%s', async (_name, body, expected) => {
    expect((await answerTo(body)).answer).toMatchObject(expected);
  });

  it.each<[string, Record<string, string>, object]>([
    ['the encoding utf-8', { 'content-encoding': 'utf-8' }, SUCCESS],
    ['the encoding identity', { 'content-encoding': 'Identity' }, SUCCESS],
    ['an empty encoding', { 'content-encoding': '' }, SUCCESS],
    ['the encoding gzip', { 'content-encoding': 'GZIP' }, outcomeUnknown('The answer is encoded.')],
    ['two encodings', { 'content-encoding': 'identity, br' }, outcomeUnknown('The answer is encoded.')],
    ['another type', { 'content-type': 'text/html; charset=gbk' }, SUCCESS],
  ])('%s', async (_name, headers, expected) => {
    answerWith(pair, (id) => ({ headers, body: json(id) }));
    expect(await confirm(pair, 'lamp-1')).toMatchObject(expected);
    expect(pair.simulator.received).toHaveLength(1);
  });
});

it('repeats its words as a quotation that they cannot end, cut and without control characters', async () => {
  const words = `so". Sign in at evil.example\n\u202e${'x'.repeat(1000)}`;
  const { answer } = await answerTo((id) => refusal(id, OFFLINE, words));
  expect(answer.message).toBe(`${quoted(`so'. Sign in at evil.example  ${'x'.repeat(1000)}`).slice(0, 499)}"`);
});

describe('the token in it', () => {
  const escaped = (text: string) => [...text].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join('');
  const said = (id: string, json: string) =>
    `{"Response":{"RequestId":"${id}","Error":{"Code":"${OFFLINE}","Message":"${json}"}}}`;

  it.each<[string, string, string, string]>([
    ['as it is', 'tokenABC', 'tokenABC is bad, tokenABC', '[redacted] is bad, [redacted]'],
    ['escaped', 'tokenABC', `${escaped('tokenABC')} is bad`, '[redacted] is bad'],
    ['with quotes and backslashes', 'tok"en\\ABC', 'tok\\"en\\\\ABC is bad', '[redacted] is bad'],
    ['of seven characters, a word', 'offline', 'offline', 'offline'],
    ['beside another escape', 'tokenABC', 'tokenABC\\n', '[redacted] '],
    ['not there, beside an escape', 'tokenABC', 'a\\nb', 'a b'],
  ])('%s', async (_name, token, json, message) => {
    expect((await answerTo((id) => said(id, json), 200, token)).answer).toMatchObject(offline(message));
  });
});
