// The switches that play trouble, with the state that the demo says they have.

import type { Language } from 'firmware-gateway-client/texts';
import { useId } from 'react';
import type { Trouble } from './visit';
import { words } from './words';

export const SWITCHES = ['slow', 'lostAnswer', 'rateLimit', 'tokenExpired'] as const;

/** One code of each kind that a confirm can be refused with. */
const CODES = [
  'FailedOperation.DeviceOffline',
  'UnsupportedOperation.DeviceOtaTaskInProgress',
  'ResourceNotFound.DeviceHasNoFirmware',
  'InvalidParameterValue',
  'InvalidParameterValue.InvalidAccessToken',
  'InvalidParameterValue.NoPermission',
  'ResourceNotFound',
  'FailedOperation',
  'InternalError',
  'RequestLimitExceeded',
  'Strange.Code',
];

interface SwitchesProps {
  trouble: Trouble | undefined;
  language: Language;
  onChange(changes: Partial<Trouble>): void;
  onReset(): void;
}

export function Switches({ trouble, language, onChange, onReset }: SwitchesProps) {
  const say = words[language];
  const [title, select] = [useId(), useId()];
  return (
    <aside className="switches" aria-labelledby={title}>
      <h2 id={title}>{say.trouble}</h2>
      <p className="quiet">{say.troubleHint}</p>
      {SWITCHES.map((name) => (
        <Switch
          key={name}
          label={say.switches[name]}
          isOn={trouble?.[name] === true}
          onChange={(isOn) => onChange({ [name]: isOn })}
        />
      ))}
      <label htmlFor={select}>{say.refusal}</label>
      <select
        id={select}
        value={trouble?.refusal ?? ''}
        onChange={({ target }) => onChange({ refusal: target.value || null })}
      >
        <option value="">{say.noRefusal}</option>
        {CODES.map((code) => (
          <option key={code}>{code}</option>
        ))}
      </select>
      <button type="button" className="plain" onClick={onReset}>
        {say.reset}
      </button>
    </aside>
  );
}

export const Switch = (props: { label: string; isOn: boolean; onChange: (isOn: boolean) => void }) => (
  <button
    type="button"
    role="switch"
    className="switch"
    aria-checked={props.isOn}
    onClick={() => props.onChange(!props.isOn)}
  >
    <span className="track" aria-hidden="true" />
    {props.label}
  </button>
);
