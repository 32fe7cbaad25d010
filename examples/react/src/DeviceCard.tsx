// One device: what it is, how its upgrade stands, and the one button that there is to press.

import type { MyDevice } from 'firmware-gateway-client';
import { type UseFirmwareUpgrade, useFirmwareUpgrade } from 'firmware-gateway-client/react';
import { errorText, type Language, phaseText, texts } from 'firmware-gateway-client/texts';
import { type ReactNode, useId } from 'react';
import { words } from './words';

export interface DeviceCardProps {
  mine: MyDevice;
  language: Language;
  /** Lets the user sign in: from then on, the client's `token` gives the new one. */
  onSignIn: () => void;
  /** What stands beside a device. */
  beside?: ((device: MyDevice, upgrade: UseFirmwareUpgrade) => ReactNode) | undefined;
}

export function DeviceCard({ mine, language, onSignIn, beside }: DeviceCardProps) {
  const upgrade = useFirmwareUpgrade(mine.device);
  const heading = useId();
  const say = words[language];
  return (
    <li className="device" aria-labelledby={heading}>
      <div className="upgrade">
        <header>
          <h3 id={heading}>{mine.alias ?? mine.device.deviceName}</h3>
          {upgrade.isOnline !== undefined && (
            <span className={upgrade.isOnline ? 'badge online' : 'badge'}>
              {texts[language].connectivity[upgrade.isOnline ? 'ONLINE' : 'OFFLINE']}
            </span>
          )}
        </header>
        <p className="quiet">
          {mine.device.deviceName} · {mine.isShared ? say.shared : mine.familyName}
          {upgrade.firmware?.currentVersion && ` · ${say.installed} ${upgrade.firmware.currentVersion}`}
        </p>
        <p role="status" className={upgrade.error || upgrade.state === 'failed' ? 'problem' : ''}>
          {statusOf(upgrade, mine.isShared, language)}
        </p>
        <Bar upgrade={upgrade} label={say.progress} />
        <Action
          upgrade={upgrade}
          isShared={mine.isShared}
          language={language}
          onSignIn={onSignIn}
          describedBy={heading}
        />
      </div>
      {beside?.(mine, upgrade)}
    </li>
  );
}

function statusOf(upgrade: UseFirmwareUpgrade, isShared: boolean, language: Language): string {
  const say = words[language];
  const { state, error, firmware } = upgrade;
  if (upgrade.isLoading) return say.loading;
  if (state === 'confirming') return say.confirming;
  if (state === 'following' && upgrade.upgrade) return phaseText(upgrade.upgrade.phase, language);
  if (error) return errorText(error, language);
  if ((state === 'done' || state === 'failed') && upgrade.upgrade) return phaseText(upgrade.upgrade.phase, language);
  if (isShared) return say.notYours;
  if (firmware?.updateAvailable) return firmware.release?.notes ?? say.offered;
  return firmware ? say.upToDate : say.unknown;
}

/** Full while it installs, since installing has no percent; without a value, it only says that something goes on. */
function Bar({ upgrade: { state, upgrade, percent }, label }: { upgrade: UseFirmwareUpgrade; label: string }) {
  const isFull = state === 'done' || (state === 'following' && upgrade?.phase === 'INSTALLING');
  const value = isFull ? 100 : percent;
  if (!/^(confirming|following|done)$/.test(state)) return null;
  return (
    <div className="bar">
      {value === null ? (
        <progress aria-label={label} max={100} />
      ) : (
        <progress aria-label={label} max={100} value={value} />
      )}
      <span aria-hidden="true">{value === null ? '' : `${value} %`}</span>
    </div>
  );
}

interface ActionProps extends Pick<DeviceCardProps, 'language' | 'onSignIn'> {
  upgrade: UseFirmwareUpgrade;
  isShared: boolean;
  describedBy: string;
}

function Action({ upgrade, isShared, language, onSignIn, describedBy }: ActionProps) {
  const say = words[language];
  const { state, firmware, canPress, press, refresh } = upgrade;
  // The platform lets nobody but the owner confirm.
  if (isShared) return null;
  if (state === 'signIn') {
    const signIn = () => {
      onSignIn();
      refresh();
    };
    return <Button label={say.signIn} onPress={signIn} describedBy={describedBy} />;
  }
  if (state === 'waitingForDevice') return <Button label={say.stop} onPress={refresh} describedBy={describedBy} />;
  if (state === 'failed' && !canPress) return <Button label={say.check} onPress={refresh} describedBy={describedBy} />;
  if (!canPress && !/^(confirming|following)$/.test(state)) return null;
  const label = state === 'failed' ? say.again : say.update(firmware?.targetVersion ?? '');
  return <Button label={label} onPress={press} describedBy={describedBy} isDisabled={!canPress} />;
}

/** Not `disabled`: the focus would be lost, and with it the place of whoever uses a keyboard. */
function Button(props: { label: string; onPress: () => void; describedBy: string; isDisabled?: boolean }) {
  return (
    <button
      type="button"
      aria-describedby={props.describedBy}
      aria-disabled={props.isDisabled === true}
      onClick={props.isDisabled ? undefined : props.onPress}
    >
      {props.label}
    </button>
  );
}
