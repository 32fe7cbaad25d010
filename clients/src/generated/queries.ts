// Generated from the schema and operations.graphql by `npm run generate`: do not edit.

export const DeviceFirmware =
  'query DeviceFirmware($productId:String!$deviceName:String!){device(productId:$productId deviceName:$deviceName){id connectivity{__typename ...on TokenApiError{code message requestId nextStep retryAfterMs}...on DeviceConnectivity{state}}firmware{__typename ...on TokenApiError{code message requestId nextStep retryAfterMs}...on DeviceFirmware{currentVersion targetVersion updateAvailable release{name notes}}}}}';

export const MyDevices =
  'query MyDevices($first:Int!=50$after:String){myDevices(first:$first after:$after){__typename ...on TokenApiError{code message requestId nextStep retryAfterMs}...on MyDevicePage{devices{alias familyId familyName isShared device{id productId deviceName firmwareUpgrade{__typename ...on TokenApiError{code message requestId nextStep retryAfterMs}...on FirmwareUpgrade{phase percent toVersion isFinal failureReason pollAfterMs}}connectivity{__typename ...on TokenApiError{code message requestId nextStep retryAfterMs}...on DeviceConnectivity{state}}firmware{__typename ...on TokenApiError{code message requestId nextStep retryAfterMs}...on DeviceFirmware{currentVersion targetVersion updateAvailable}}}}nextCursor totalCount}}}';

export const ConfirmFirmwareUpgrade =
  'mutation ConfirmFirmwareUpgrade($productId:String!$deviceName:String!$idempotencyKey:String){confirmFirmwareUpgrade(productId:$productId deviceName:$deviceName idempotencyKey:$idempotencyKey){__typename ...on TokenApiError{code message requestId nextStep retryAfterMs}...on ConfirmFirmwareUpgradeSuccess{requestId device{id firmwareUpgrade{__typename ...on TokenApiError{code message requestId nextStep retryAfterMs}...on FirmwareUpgrade{phase percent toVersion isFinal failureReason pollAfterMs}}}}...on FirmwareUpgradeInProgressError{device{id firmwareUpgrade{__typename ...on TokenApiError{code message requestId nextStep retryAfterMs}...on FirmwareUpgrade{phase percent toVersion isFinal failureReason pollAfterMs}}}}...on FirmwareUpgradeOutcomeUnknownError{device{id firmwareUpgrade{__typename ...on TokenApiError{code message requestId nextStep retryAfterMs}...on FirmwareUpgrade{phase percent toVersion isFinal failureReason pollAfterMs}}}}}}';

export const ConfirmFirmwareUpgrades =
  'mutation ConfirmFirmwareUpgrades($ids:[ID!]!$idempotencyKey:String){confirmFirmwareUpgrades(ids:$ids idempotencyKey:$idempotencyKey){__typename ...on TokenApiError{code message requestId nextStep retryAfterMs}...on ConfirmFirmwareUpgradeSuccess{requestId device{id firmwareUpgrade{__typename ...on TokenApiError{code message requestId nextStep retryAfterMs}...on FirmwareUpgrade{phase percent toVersion isFinal failureReason pollAfterMs}}}}...on FirmwareUpgradeInProgressError{device{id firmwareUpgrade{__typename ...on TokenApiError{code message requestId nextStep retryAfterMs}...on FirmwareUpgrade{phase percent toVersion isFinal failureReason pollAfterMs}}}}...on FirmwareUpgradeOutcomeUnknownError{device{id firmwareUpgrade{__typename ...on TokenApiError{code message requestId nextStep retryAfterMs}...on FirmwareUpgrade{phase percent toVersion isFinal failureReason pollAfterMs}}}}}}';

export const FollowFirmwareUpgrade =
  'query FollowFirmwareUpgrade($productId:String!$deviceName:String!){device(productId:$productId deviceName:$deviceName){id firmwareUpgrade{__typename ...on TokenApiError{code message requestId nextStep retryAfterMs}...on FirmwareUpgrade{phase percent toVersion isFinal failureReason pollAfterMs}}}}';

export const FirmwareUpgradeProgress =
  'subscription FirmwareUpgradeProgress($productId:String!$deviceName:String!){firmwareUpgradeProgress(productId:$productId deviceName:$deviceName){device{id firmwareUpgrade{__typename ...on TokenApiError{code message requestId nextStep retryAfterMs}...on FirmwareUpgrade{phase percent toVersion isFinal failureReason pollAfterMs}}}}}';

export const FirmwareUpgradesProgress =
  'subscription FirmwareUpgradesProgress($ids:[ID!]!){firmwareUpgradesProgress(ids:$ids){device{id firmwareUpgrade{__typename ...on TokenApiError{code message requestId nextStep retryAfterMs}...on FirmwareUpgrade{phase percent toVersion isFinal failureReason pollAfterMs}}}}}';
