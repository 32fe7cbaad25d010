// A text for every phase, step and error of the schema, in both languages.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorText, languageFrom, phaseText, texts } from 'firmware-gateway-client/texts';
import { buildSchema, type GraphQLEnumType, type GraphQLInterfaceType } from 'graphql';

const sdl = readFileSync(join(__dirname, '../../schema.graphql'), 'utf8');
const schema = buildSchema(sdl, { assumeValidSDL: true });
const valuesOf = (name: string) => (schema.getType(name) as GraphQLEnumType).getValues().map((value) => value.name);
const errors = schema.getPossibleTypes(schema.getType('TokenApiError') as GraphQLInterfaceType);

describe.each(Object.entries(texts))('%s', (_language, { phases, nextSteps, errors: told, connectivity }) => {
  it.each([
    ['phases', phases, valuesOf('FirmwareUpgradePhase')],
    ['nextSteps', nextSteps, valuesOf('TokenApiNextStep')],
    ['errors', told, errors.map(({ name }) => name)],
    ['connectivity', connectivity, valuesOf('DeviceConnectivityState')],
  ])('has one for each of the %s', (_name, known, wanted) => {
    expect(Object.keys(known).sort()).toEqual([...wanted].sort());
    expect(Object.values(known).filter((text) => text.trim() === '')).toEqual([]);
    expect(new Set(Object.values(known)).size).toBe(wanted.length);
  });
});

it('says in Chinese what the platform’s own pages say', () => {
  expect(texts['zh-CN'].errors.DeviceOfflineError).toContain('设备离线');
  expect(texts['zh-CN'].errors.DeviceHasNoFirmwareError).toContain('设备无固件版本');
  expect(texts['zh-CN'].phases.SUCCEEDED).toContain('固件升级');
  for (const text of Object.values(texts['zh-CN'].phases)) expect(text).not.toMatch(/[a-z]/i);
});

it('has words for what is newer than the app', () => {
  expect(phaseText('REBOOTING', 'en')).toBe(texts.en.phases.UNKNOWN);
  expect(phaseText('DOWNLOADING', 'zh-CN')).toBe('设备正在下载固件。');
  expect(errorText({ __typename: 'DeviceLockedError', nextStep: 'UNLOCK_DEVICE' }, 'en')).toBe(
    'Something went wrong. This cannot be done. Please contact the support.',
  );
  expect(errorText({ __typename: 'constructor', nextStep: 'RETRY' }, 'zh-CN')).toBe('出现未知错误。请稍后重试。');
});

it.each([
  ['zh-CN', 'zh-CN'],
  ['zh_CN.UTF-8', 'zh-CN'],
  ['zh', 'zh-CN'],
  ['en-GB', 'en'],
  ['de', 'en'],
  [undefined, 'en'],
])('takes %s as %s', (tag, language) => {
  expect(languageFrom(tag)).toBe(language);
});
