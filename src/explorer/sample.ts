// What both explorers open with: the confirm, every type of its answer, and the header that carries the token.

/** What the operation is filled in with. */
export interface Sample {
  productId: string;
  deviceName: string;
  token: string;
}

const placeholder: Sample = {
  productId: 'your product id',
  deviceName: 'your device name',
  token: 'your access token',
};

const document = `mutation Confirm($productId: String!, $deviceName: String!) {
  confirmFirmwareUpgrade(productId: $productId, deviceName: $deviceName) {
    __typename
    ... on ConfirmFirmwareUpgradeSuccess {
      requestId
      device { id }
    }
    ... on TokenApiError {
      code
      message
      requestId
      nextStep
      retryAfterMs
    }
    ... on DeviceOfflineError { device { id } }
    ... on DeviceHasNoFirmwareError { device { id } }
    ... on FirmwareUpgradeInProgressError { device { id } }
    ... on FirmwareUpgradeOutcomeUnknownError { device { id } }
  }
}`;

export interface SampleRequest {
  document: string;
  variables: Record<string, string>;
  headers: Record<string, string>;
}

export const sampleRequestFrom = ({ productId, deviceName, token }: Sample = placeholder): SampleRequest => ({
  document,
  variables: { productId, deviceName },
  headers: { Authorization: `Bearer ${token}` },
});
