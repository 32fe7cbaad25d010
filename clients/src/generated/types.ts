// Generated from the schema and operations.graphql by `npm run generate`: do not edit.

export type DeviceConnectivityState =
  | 'ONLINE'
  | 'OFFLINE'
  | 'ABNORMAL'
  | 'UNKNOWN';

export type TokenApiNextStep =
  | 'RETRY'
  | 'SIGN_IN'
  | 'WAIT_FOR_DEVICE'
  | 'CHECK_STATUS'
  | 'FIX_REQUEST'
  | 'GIVE_UP';

export type FirmwareUpgradePhase =
  | 'SETTLING'
  | 'NONE'
  | 'AWAITING_CONFIRMATION'
  | 'PENDING'
  | 'PROCESSING'
  | 'DELIVERED'
  | 'DOWNLOADING'
  | 'DOWNLOADED'
  | 'INSTALLING'
  | 'DEVICE_OFFLINE'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'TIMED_OUT'
  | 'UNKNOWN';

export type TokenApiErrorName =
  | 'TokenApiInvalidParameterValueError'
  | 'TokenApiInvalidAccessTokenError'
  | 'TokenApiNoPermissionError'
  | 'TokenApiResourceNotFoundError'
  | 'TokenApiFailedOperationError'
  | 'TokenApiInternalError'
  | 'TokenApiRateLimitedError'
  | 'TokenApiUnavailableError'
  | 'TokenApiUnknownCodeError'
  | 'DeviceOfflineError'
  | 'DeviceHasNoFirmwareError'
  | 'FirmwareUpgradeInProgressError'
  | 'FirmwareUpgradeOutcomeUnknownError';

export type DeviceFirmwareQueryVariables = {
  readonly productId: string;
  readonly deviceName: string;
};

export type DeviceFirmwareQuery = {
  readonly device: {
    readonly id: string;
    readonly connectivity: 
      | {
        readonly __typename: 'DeviceConnectivity';
        readonly state: DeviceConnectivityState;
      }
      | {
        readonly __typename: 'TokenApiInvalidParameterValueError' | 'TokenApiInvalidAccessTokenError' | 'TokenApiNoPermissionError' | 'TokenApiResourceNotFoundError' | 'TokenApiFailedOperationError' | 'TokenApiInternalError' | 'TokenApiRateLimitedError' | 'TokenApiUnavailableError' | 'TokenApiUnknownCodeError';
        readonly code: string;
        readonly message: string;
        readonly requestId: string;
        readonly nextStep: TokenApiNextStep;
        readonly retryAfterMs: number | null;
      } | null;
    readonly firmware: 
      | {
        readonly __typename: 'DeviceFirmware';
        readonly currentVersion: string | null;
        readonly targetVersion: string | null;
        readonly updateAvailable: boolean;
        readonly release: {
          readonly name: string | null;
          readonly notes: string | null;
        } | null;
      }
      | {
        readonly __typename: 'TokenApiInvalidParameterValueError' | 'TokenApiInvalidAccessTokenError' | 'TokenApiNoPermissionError' | 'TokenApiResourceNotFoundError' | 'TokenApiFailedOperationError' | 'TokenApiInternalError' | 'TokenApiRateLimitedError' | 'TokenApiUnavailableError' | 'TokenApiUnknownCodeError';
        readonly code: string;
        readonly message: string;
        readonly requestId: string;
        readonly nextStep: TokenApiNextStep;
        readonly retryAfterMs: number | null;
      } | null;
  } | null;
};

export type MyDevicesQueryVariables = {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
};

export type MyDevicesQuery = {
  readonly myDevices: 
    | {
      readonly __typename: 'MyDevicePage';
      readonly devices: readonly ({
        readonly alias: string | null;
        readonly familyId: string | null;
        readonly familyName: string | null;
        readonly isShared: boolean;
        readonly device: {
          readonly id: string;
          readonly productId: string;
          readonly deviceName: string;
          readonly firmwareUpgrade: 
            | {
              readonly __typename: 'FirmwareUpgrade';
              readonly phase: FirmwareUpgradePhase;
              readonly percent: number | null;
              readonly toVersion: string | null;
              readonly isFinal: boolean;
              readonly failureReason: string | null;
              readonly pollAfterMs: number | null;
            }
            | {
              readonly __typename: 'TokenApiInvalidParameterValueError' | 'TokenApiInvalidAccessTokenError' | 'TokenApiNoPermissionError' | 'TokenApiResourceNotFoundError' | 'TokenApiFailedOperationError' | 'TokenApiInternalError' | 'TokenApiRateLimitedError' | 'TokenApiUnavailableError' | 'TokenApiUnknownCodeError';
              readonly code: string;
              readonly message: string;
              readonly requestId: string;
              readonly nextStep: TokenApiNextStep;
              readonly retryAfterMs: number | null;
            } | null;
          readonly connectivity: 
            | {
              readonly __typename: 'DeviceConnectivity';
              readonly state: DeviceConnectivityState;
            }
            | {
              readonly __typename: 'TokenApiInvalidParameterValueError' | 'TokenApiInvalidAccessTokenError' | 'TokenApiNoPermissionError' | 'TokenApiResourceNotFoundError' | 'TokenApiFailedOperationError' | 'TokenApiInternalError' | 'TokenApiRateLimitedError' | 'TokenApiUnavailableError' | 'TokenApiUnknownCodeError';
              readonly code: string;
              readonly message: string;
              readonly requestId: string;
              readonly nextStep: TokenApiNextStep;
              readonly retryAfterMs: number | null;
            } | null;
          readonly firmware: 
            | {
              readonly __typename: 'DeviceFirmware';
              readonly currentVersion: string | null;
              readonly targetVersion: string | null;
              readonly updateAvailable: boolean;
            }
            | {
              readonly __typename: 'TokenApiInvalidParameterValueError' | 'TokenApiInvalidAccessTokenError' | 'TokenApiNoPermissionError' | 'TokenApiResourceNotFoundError' | 'TokenApiFailedOperationError' | 'TokenApiInternalError' | 'TokenApiRateLimitedError' | 'TokenApiUnavailableError' | 'TokenApiUnknownCodeError';
              readonly code: string;
              readonly message: string;
              readonly requestId: string;
              readonly nextStep: TokenApiNextStep;
              readonly retryAfterMs: number | null;
            } | null;
        };
      })[];
      readonly nextCursor: string | null;
      readonly totalCount: number | null;
    }
    | {
      readonly __typename: 'TokenApiInvalidParameterValueError' | 'TokenApiInvalidAccessTokenError' | 'TokenApiNoPermissionError' | 'TokenApiResourceNotFoundError' | 'TokenApiFailedOperationError' | 'TokenApiInternalError' | 'TokenApiRateLimitedError' | 'TokenApiUnavailableError' | 'TokenApiUnknownCodeError';
      readonly code: string;
      readonly message: string;
      readonly requestId: string;
      readonly nextStep: TokenApiNextStep;
      readonly retryAfterMs: number | null;
    } | null;
};

export type ConfirmFirmwareUpgradeMutationVariables = {
  readonly productId: string;
  readonly deviceName: string;
  readonly idempotencyKey?: string | null | undefined;
};

export type ConfirmFirmwareUpgradeMutation = {
  readonly confirmFirmwareUpgrade: 
    | {
      readonly __typename: 'ConfirmFirmwareUpgradeSuccess';
      readonly requestId: string;
      readonly device: {
        readonly id: string;
        readonly firmwareUpgrade: 
          | {
            readonly __typename: 'FirmwareUpgrade';
            readonly phase: FirmwareUpgradePhase;
            readonly percent: number | null;
            readonly toVersion: string | null;
            readonly isFinal: boolean;
            readonly failureReason: string | null;
            readonly pollAfterMs: number | null;
          }
          | {
            readonly __typename: 'TokenApiInvalidParameterValueError' | 'TokenApiInvalidAccessTokenError' | 'TokenApiNoPermissionError' | 'TokenApiResourceNotFoundError' | 'TokenApiFailedOperationError' | 'TokenApiInternalError' | 'TokenApiRateLimitedError' | 'TokenApiUnavailableError' | 'TokenApiUnknownCodeError';
            readonly code: string;
            readonly message: string;
            readonly requestId: string;
            readonly nextStep: TokenApiNextStep;
            readonly retryAfterMs: number | null;
          } | null;
      };
    }
    | {
      readonly __typename: 'DeviceOfflineError' | 'DeviceHasNoFirmwareError' | 'TokenApiInvalidParameterValueError' | 'TokenApiInvalidAccessTokenError' | 'TokenApiNoPermissionError' | 'TokenApiResourceNotFoundError' | 'TokenApiFailedOperationError' | 'TokenApiInternalError' | 'TokenApiRateLimitedError' | 'TokenApiUnavailableError' | 'TokenApiUnknownCodeError';
      readonly code: string;
      readonly message: string;
      readonly requestId: string;
      readonly nextStep: TokenApiNextStep;
      readonly retryAfterMs: number | null;
    }
    | {
      readonly __typename: 'FirmwareUpgradeInProgressError' | 'FirmwareUpgradeOutcomeUnknownError';
      readonly code: string;
      readonly message: string;
      readonly requestId: string;
      readonly nextStep: TokenApiNextStep;
      readonly retryAfterMs: number | null;
      readonly device: {
        readonly id: string;
        readonly firmwareUpgrade: 
          | {
            readonly __typename: 'FirmwareUpgrade';
            readonly phase: FirmwareUpgradePhase;
            readonly percent: number | null;
            readonly toVersion: string | null;
            readonly isFinal: boolean;
            readonly failureReason: string | null;
            readonly pollAfterMs: number | null;
          }
          | {
            readonly __typename: 'TokenApiInvalidParameterValueError' | 'TokenApiInvalidAccessTokenError' | 'TokenApiNoPermissionError' | 'TokenApiResourceNotFoundError' | 'TokenApiFailedOperationError' | 'TokenApiInternalError' | 'TokenApiRateLimitedError' | 'TokenApiUnavailableError' | 'TokenApiUnknownCodeError';
            readonly code: string;
            readonly message: string;
            readonly requestId: string;
            readonly nextStep: TokenApiNextStep;
            readonly retryAfterMs: number | null;
          } | null;
      };
    };
};

export type ConfirmFirmwareUpgradesMutationVariables = {
  readonly ids: readonly string[];
  readonly idempotencyKey?: string | null | undefined;
};

export type ConfirmFirmwareUpgradesMutation = {
  readonly confirmFirmwareUpgrades: readonly (
    | {
      readonly __typename: 'ConfirmFirmwareUpgradeSuccess';
      readonly requestId: string;
      readonly device: {
        readonly id: string;
        readonly firmwareUpgrade: 
          | {
            readonly __typename: 'FirmwareUpgrade';
            readonly phase: FirmwareUpgradePhase;
            readonly percent: number | null;
            readonly toVersion: string | null;
            readonly isFinal: boolean;
            readonly failureReason: string | null;
            readonly pollAfterMs: number | null;
          }
          | {
            readonly __typename: 'TokenApiInvalidParameterValueError' | 'TokenApiInvalidAccessTokenError' | 'TokenApiNoPermissionError' | 'TokenApiResourceNotFoundError' | 'TokenApiFailedOperationError' | 'TokenApiInternalError' | 'TokenApiRateLimitedError' | 'TokenApiUnavailableError' | 'TokenApiUnknownCodeError';
            readonly code: string;
            readonly message: string;
            readonly requestId: string;
            readonly nextStep: TokenApiNextStep;
            readonly retryAfterMs: number | null;
          } | null;
      };
    }
    | {
      readonly __typename: 'DeviceOfflineError' | 'DeviceHasNoFirmwareError' | 'TokenApiInvalidParameterValueError' | 'TokenApiInvalidAccessTokenError' | 'TokenApiNoPermissionError' | 'TokenApiResourceNotFoundError' | 'TokenApiFailedOperationError' | 'TokenApiInternalError' | 'TokenApiRateLimitedError' | 'TokenApiUnavailableError' | 'TokenApiUnknownCodeError';
      readonly code: string;
      readonly message: string;
      readonly requestId: string;
      readonly nextStep: TokenApiNextStep;
      readonly retryAfterMs: number | null;
    }
    | {
      readonly __typename: 'FirmwareUpgradeInProgressError' | 'FirmwareUpgradeOutcomeUnknownError';
      readonly code: string;
      readonly message: string;
      readonly requestId: string;
      readonly nextStep: TokenApiNextStep;
      readonly retryAfterMs: number | null;
      readonly device: {
        readonly id: string;
        readonly firmwareUpgrade: 
          | {
            readonly __typename: 'FirmwareUpgrade';
            readonly phase: FirmwareUpgradePhase;
            readonly percent: number | null;
            readonly toVersion: string | null;
            readonly isFinal: boolean;
            readonly failureReason: string | null;
            readonly pollAfterMs: number | null;
          }
          | {
            readonly __typename: 'TokenApiInvalidParameterValueError' | 'TokenApiInvalidAccessTokenError' | 'TokenApiNoPermissionError' | 'TokenApiResourceNotFoundError' | 'TokenApiFailedOperationError' | 'TokenApiInternalError' | 'TokenApiRateLimitedError' | 'TokenApiUnavailableError' | 'TokenApiUnknownCodeError';
            readonly code: string;
            readonly message: string;
            readonly requestId: string;
            readonly nextStep: TokenApiNextStep;
            readonly retryAfterMs: number | null;
          } | null;
      };
    })[];
};

export type FollowFirmwareUpgradeQueryVariables = {
  readonly productId: string;
  readonly deviceName: string;
};

export type FollowFirmwareUpgradeQuery = {
  readonly device: {
    readonly id: string;
    readonly firmwareUpgrade: 
      | {
        readonly __typename: 'FirmwareUpgrade';
        readonly phase: FirmwareUpgradePhase;
        readonly percent: number | null;
        readonly toVersion: string | null;
        readonly isFinal: boolean;
        readonly failureReason: string | null;
        readonly pollAfterMs: number | null;
      }
      | {
        readonly __typename: 'TokenApiInvalidParameterValueError' | 'TokenApiInvalidAccessTokenError' | 'TokenApiNoPermissionError' | 'TokenApiResourceNotFoundError' | 'TokenApiFailedOperationError' | 'TokenApiInternalError' | 'TokenApiRateLimitedError' | 'TokenApiUnavailableError' | 'TokenApiUnknownCodeError';
        readonly code: string;
        readonly message: string;
        readonly requestId: string;
        readonly nextStep: TokenApiNextStep;
        readonly retryAfterMs: number | null;
      } | null;
  } | null;
};

export type FirmwareUpgradeProgressSubscriptionVariables = {
  readonly productId: string;
  readonly deviceName: string;
};

export type FirmwareUpgradeProgressSubscription = {
  readonly firmwareUpgradeProgress: {
    readonly device: {
      readonly id: string;
      readonly firmwareUpgrade: 
        | {
          readonly __typename: 'FirmwareUpgrade';
          readonly phase: FirmwareUpgradePhase;
          readonly percent: number | null;
          readonly toVersion: string | null;
          readonly isFinal: boolean;
          readonly failureReason: string | null;
          readonly pollAfterMs: number | null;
        }
        | {
          readonly __typename: 'TokenApiInvalidParameterValueError' | 'TokenApiInvalidAccessTokenError' | 'TokenApiNoPermissionError' | 'TokenApiResourceNotFoundError' | 'TokenApiFailedOperationError' | 'TokenApiInternalError' | 'TokenApiRateLimitedError' | 'TokenApiUnavailableError' | 'TokenApiUnknownCodeError';
          readonly code: string;
          readonly message: string;
          readonly requestId: string;
          readonly nextStep: TokenApiNextStep;
          readonly retryAfterMs: number | null;
        } | null;
    };
  };
};

export type FirmwareUpgradesProgressSubscriptionVariables = {
  readonly ids: readonly string[];
};

export type FirmwareUpgradesProgressSubscription = {
  readonly firmwareUpgradesProgress: {
    readonly device: {
      readonly id: string;
      readonly firmwareUpgrade: 
        | {
          readonly __typename: 'FirmwareUpgrade';
          readonly phase: FirmwareUpgradePhase;
          readonly percent: number | null;
          readonly toVersion: string | null;
          readonly isFinal: boolean;
          readonly failureReason: string | null;
          readonly pollAfterMs: number | null;
        }
        | {
          readonly __typename: 'TokenApiInvalidParameterValueError' | 'TokenApiInvalidAccessTokenError' | 'TokenApiNoPermissionError' | 'TokenApiResourceNotFoundError' | 'TokenApiFailedOperationError' | 'TokenApiInternalError' | 'TokenApiRateLimitedError' | 'TokenApiUnavailableError' | 'TokenApiUnknownCodeError';
          readonly code: string;
          readonly message: string;
          readonly requestId: string;
          readonly nextStep: TokenApiNextStep;
          readonly retryAfterMs: number | null;
        } | null;
    };
  };
};
