// The operations of clients/operations.graphql in Relay's own spelling: relay-compiler reads them here, and demands that
// their names begin with this module's.

import { graphql } from 'relay-runtime';

export const ask = graphql`
  query firmwareAskQuery($productId: String!, $deviceName: String!) {
    device(productId: $productId, deviceName: $deviceName) {
      id
      connectivity {
        __typename
        ... on TokenApiError { code message requestId nextStep retryAfterMs }
        ... on DeviceConnectivity { state }
      }
      firmware {
        __typename
        ... on TokenApiError { code message requestId nextStep retryAfterMs }
        ... on DeviceFirmware { currentVersion targetVersion updateAvailable release { name notes } }
      }
    }
  }
`;

export const confirm = graphql`
  mutation firmwareConfirmMutation($productId: String!, $deviceName: String!, $idempotencyKey: String) {
    confirmFirmwareUpgrade(productId: $productId, deviceName: $deviceName, idempotencyKey: $idempotencyKey) {
      __typename
      ... on TokenApiError { code message requestId nextStep retryAfterMs }
      ... on ConfirmFirmwareUpgradeSuccess { requestId device { ...firmwareUpgradeParts @relay(mask: false) } }
      ... on FirmwareUpgradeInProgressError { device { ...firmwareUpgradeParts @relay(mask: false) } }
      ... on FirmwareUpgradeOutcomeUnknownError { device { ...firmwareUpgradeParts @relay(mask: false) } }
    }
  }
`;

export const follow = graphql`
  query firmwareFollowQuery($productId: String!, $deviceName: String!) {
    device(productId: $productId, deviceName: $deviceName) { ...firmwareUpgradeParts @relay(mask: false) }
  }
`;

export const upgradeParts = graphql`
  fragment firmwareUpgradeParts on Device {
    id
    firmwareUpgrade {
      __typename
      ... on TokenApiError { code message requestId nextStep retryAfterMs }
      ... on FirmwareUpgrade { phase percent toVersion isFinal failureReason pollAfterMs }
    }
  }
`;

export const progress = graphql`
  subscription firmwareProgressSubscription($productId: String!, $deviceName: String!) {
    firmwareUpgradeProgress(productId: $productId, deviceName: $deviceName) {
      device { ...firmwareUpgradeParts @relay(mask: false) }
    }
  }
`;
