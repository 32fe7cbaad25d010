// The app with the demo's extras beside each device, for one visitor.

import { createFirmwareClient, type MyDevice } from 'firmware-gateway-client';
import type { UseFirmwareUpgrade } from 'firmware-gateway-client/react';
import { useState } from 'react';
import { App, type AppProps } from '../App';
import { Exchanges } from './Exchanges';
import { createRecorder } from './recorder';
import { Switch } from './Switches';
import type { Trouble } from './visit';
import { words } from './words';

/** A person looks at the switch and back: sooner than in an app, where nobody knows when the device will be back. */
const CONNECTIVITY_POLL_MS = 1000;

/** While one of these lasts, to read anew would end it. */
const BUSY = /^(confirming|following|waitingForDevice)$/;

interface LampsProps extends Pick<AppProps, 'language' | 'onSignIn'> {
  token: () => string;
  trouble: Trouble | undefined;
  onChange(changes: Partial<Trouble>): Promise<void>;
}

export function Lamps({ language, onSignIn, token, trouble, onChange }: LampsProps) {
  const [recorder] = useState(createRecorder);
  const [client] = useState(() => {
    const { request, push } = recorder;
    return createFirmwareClient({ url: '/graphql', token, request, push, connectivityPollMs: CONNECTIVITY_POLL_MS });
  });

  /** `lamp-offline-7` is off the network by itself. */
  const isConnected = (id: string) => trouble?.devices[id] ?? !id.includes('/lamp-offline');

  async function connect(id: string, isOn: boolean, upgrade: UseFirmwareUpgrade): Promise<void> {
    await onChange({ devices: { [id]: isOn } });
    if (!BUSY.test(upgrade.state)) upgrade.refresh();
  }

  const beside = ({ device: { id, deviceName } }: MyDevice, upgrade: UseFirmwareUpgrade) => (
    <div className="beside">
      <Switch
        label={words[language].network}
        isOn={isConnected(id)}
        onChange={(isOn) => void connect(id, isOn, upgrade)}
      />
      <Exchanges recorder={recorder} deviceName={deviceName} language={language} />
    </div>
  );

  return <App client={client} language={language} onSignIn={onSignIn} beside={beside} />;
}
