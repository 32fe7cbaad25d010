// Every fault that there is, and how a mix of them is chosen.

import { picked, randomFor } from '../random';
import { alienAnswers, cutAnswers, earlyAnswers, oversizedAnswers, redirects } from './brokenAnswers';
import { connectionFaults, deadConnections, lateAnswers } from './connectionFaults';
import type { ConnectionFault, Fault } from './fault';
import { allRefusals, oddCodes } from './refusals';
import { acceptances, bareBodies, othersAnswers, refusalsByStatus, undecidedStatuses } from './statuses';

export const everyFault: readonly Fault[] = [
  ...acceptances,
  ...deadConnections,
  ...lateAnswers,
  ...cutAnswers,
  ...alienAnswers,
  ...earlyAnswers,
  ...oversizedAnswers,
  ...redirects,
  ...undecidedStatuses,
  ...refusalsByStatus,
  ...bareBodies,
  ...othersAnswers,
  ...allRefusals,
  ...oddCodes,
];

/** One connection in so many is lost before anything is read from it. */
const CONNECTIONS_PER_FAULT = 12;

/** Devices of this name are let be. */
export const CALM_DEVICE = 'calm-';

export interface Mix {
  faultFor: (device: string) => Fault;
  connectionFaultFor: (index: number) => ConnectionFault | undefined;
}

/** The same seed does the same to the same device, whenever it comes. */
export function mixOf(seed: number): Mix {
  return {
    faultFor: (device) =>
      device.startsWith(CALM_DEVICE)
        ? (acceptances[0] as Fault)
        : picked(everyFault, randomFor(`fault of ${device}`, seed)),
    connectionFaultFor: (index) => {
      const random = randomFor(`connection ${index}`, seed);
      return random() * CONNECTIONS_PER_FAULT < 1 ? picked(connectionFaults, random) : undefined;
    },
  };
}
