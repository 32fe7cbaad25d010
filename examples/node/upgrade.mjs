import { createFirmwareClient } from 'firmware-gateway-client';
import { errorText, phaseText } from 'firmware-gateway-client/texts';

const client = createFirmwareClient({ url: 'http://localhost:4000/graphql', token: 'demo-token-alice' });
const device = { productId: 'PRDEMO0001', deviceName: 'lamp-3' };

const { firmware } = await client.check(device);
if (firmware.__typename === 'DeviceFirmware' && firmware.updateAvailable) {
  const result = await client.confirm(device);
  if (result.__typename !== 'ConfirmFirmwareUpgradeSuccess') console.log(errorText(result, 'en'));
  for await (const upgrade of client.follow(device)) {
    if (upgrade.__typename === 'FirmwareUpgrade') console.log(phaseText(upgrade.phase, 'en'), upgrade.percent ?? '');
    else console.log(errorText(upgrade, 'en'));
  }
}
