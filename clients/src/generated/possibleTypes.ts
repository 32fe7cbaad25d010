// Generated from the schema by `npm run generate`: do not edit.

export const possibleTypes: Record<string, string[]> = {
  "ConfirmFirmwareUpgradeResult": [
    "ConfirmFirmwareUpgradeSuccess",
    "DeviceHasNoFirmwareError",
    "DeviceOfflineError",
    "FirmwareUpgradeInProgressError",
    "FirmwareUpgradeOutcomeUnknownError",
    "TokenApiFailedOperationError",
    "TokenApiInternalError",
    "TokenApiInvalidAccessTokenError",
    "TokenApiInvalidParameterValueError",
    "TokenApiNoPermissionError",
    "TokenApiRateLimitedError",
    "TokenApiResourceNotFoundError",
    "TokenApiUnavailableError",
    "TokenApiUnknownCodeError"
  ],
  "DeviceConnectivityResult": [
    "DeviceConnectivity",
    "TokenApiFailedOperationError",
    "TokenApiInternalError",
    "TokenApiInvalidAccessTokenError",
    "TokenApiInvalidParameterValueError",
    "TokenApiNoPermissionError",
    "TokenApiRateLimitedError",
    "TokenApiResourceNotFoundError",
    "TokenApiUnavailableError",
    "TokenApiUnknownCodeError"
  ],
  "DeviceFirmwareResult": [
    "DeviceFirmware",
    "TokenApiFailedOperationError",
    "TokenApiInternalError",
    "TokenApiInvalidAccessTokenError",
    "TokenApiInvalidParameterValueError",
    "TokenApiNoPermissionError",
    "TokenApiRateLimitedError",
    "TokenApiResourceNotFoundError",
    "TokenApiUnavailableError",
    "TokenApiUnknownCodeError"
  ],
  "FirmwareUpgradeResult": [
    "FirmwareUpgrade",
    "TokenApiFailedOperationError",
    "TokenApiInternalError",
    "TokenApiInvalidAccessTokenError",
    "TokenApiInvalidParameterValueError",
    "TokenApiNoPermissionError",
    "TokenApiRateLimitedError",
    "TokenApiResourceNotFoundError",
    "TokenApiUnavailableError",
    "TokenApiUnknownCodeError"
  ],
  "MyDevicesResult": [
    "MyDevicePage",
    "TokenApiFailedOperationError",
    "TokenApiInternalError",
    "TokenApiInvalidAccessTokenError",
    "TokenApiInvalidParameterValueError",
    "TokenApiNoPermissionError",
    "TokenApiRateLimitedError",
    "TokenApiResourceNotFoundError",
    "TokenApiUnavailableError",
    "TokenApiUnknownCodeError"
  ],
  "TokenApiError": [
    "DeviceHasNoFirmwareError",
    "DeviceOfflineError",
    "FirmwareUpgradeInProgressError",
    "FirmwareUpgradeOutcomeUnknownError",
    "TokenApiFailedOperationError",
    "TokenApiInternalError",
    "TokenApiInvalidAccessTokenError",
    "TokenApiInvalidParameterValueError",
    "TokenApiNoPermissionError",
    "TokenApiRateLimitedError",
    "TokenApiResourceNotFoundError",
    "TokenApiUnavailableError",
    "TokenApiUnknownCodeError",
    ".+Error"
  ]
};
