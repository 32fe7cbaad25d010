// The first screen: the devices of the signed-in user, each with its upgrade.

import type { FirmwareClient } from 'firmware-gateway-client';
import { FirmwareClientProvider } from 'firmware-gateway-client/react';
import { errorText } from 'firmware-gateway-client/texts';
import { DeviceCard, type DeviceCardProps } from './DeviceCard';
import { useMyDevices } from './useMyDevices';
import { words } from './words';

export interface AppProps extends Omit<DeviceCardProps, 'mine'> {
  client: FirmwareClient;
}

export function App({ client, language, onSignIn, beside }: AppProps) {
  const { devices, error, isLoading, reload } = useMyDevices(client);
  const say = words[language];
  const signIn = () => {
    onSignIn();
    reload();
  };
  return (
    <FirmwareClientProvider client={client}>
      <section aria-labelledby="devices" aria-busy={isLoading}>
        <h2 id="devices">{say.devices}</h2>
        <p role="status" className={error ? 'problem' : 'quiet'}>
          {error ? errorText(error, language) : isLoading ? say.loading : devices.length === 0 ? say.none : ''}
        </p>
        {error && (
          <button type="button" onClick={error.nextStep === 'SIGN_IN' ? signIn : reload}>
            {error.nextStep === 'SIGN_IN' ? say.signIn : say.again}
          </button>
        )}
        <ul className="devices">
          {devices.map((mine) => (
            <DeviceCard key={mine.device.id} mine={mine} language={language} onSignIn={onSignIn} beside={beside} />
          ))}
        </ul>
      </section>
    </FirmwareClientProvider>
  );
}
