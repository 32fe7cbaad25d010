const { createMiniProgramClient, createUpgradeStates } = require('firmware-gateway-client/wechat');
const { errorText, languageFrom, phaseText } = require('firmware-gateway-client/texts');

const language = languageFrom(wx.getAppBaseInfo().language);
const client = createMiniProgramClient(wx, {
  url: 'http://localhost:4000/graphql',
  token: () => wx.getStorageSync('token') || 'demo-token-alice',
});

/** What the page shows: `setData` takes no undefined. */
const shown = ({ state, canPress, firmware, upgrade, percent, error }) => ({
  state,
  canPress,
  percent,
  version: firmware ? firmware.currentVersion : '',
  offered: firmware?.updateAvailable ? firmware.targetVersion : '',
  said: error ? errorText(error, language) : upgrade ? phaseText(upgrade.phase, language) : '',
});

Page({
  onLoad({ deviceName = 'lamp-6' }) {
    this.setData({ deviceName, isChinese: language === 'zh-CN' });
    this.states = createUpgradeStates(client, { productId: 'PRDEMO0001', deviceName });
    this.leave = this.states.subscribe(() => this.setData(shown(this.states.get())));
  },
  press() {
    this.states.press();
  },
  onUnload() {
    this.leave();
  },
});
