// Device.firmwareUpgrade: how far is it? The platform pushes nothing, shows one upgrade a device, and shows the previous one's
// end for a while after a confirm.

import { Ctx, createUnionType, Field, FieldResolver, Int, ObjectType, Resolver, Root } from 'type-graphql';
import { z } from 'zod';
import type { Context, UpgradeSource } from '../context/context';
import { Device } from '../graph/device';
import { type ReadError, readErrorFrom, readErrorTypes } from '../graph/errors';
import {
  FirmwareUpgradePhase,
  isFinalPhase,
  isMovingPhase,
  mayBeOld,
  phaseFrom,
  phaseOfRank,
  pollAfterMsFor,
  rankOf,
} from '../graph/phase';
import type { Action } from '../tokenapi/action';
import { integer, number, text, version } from '../tokenapi/fields';

const payload = z.object({
  OriVersion: version,
  DstVersion: version,
  ErrMsg: text(),
  Percent: number,
  Status: integer,
});

/** Without a task, neither `Status` nor versions come. @see https://cloud.tencent.com/document/product/1081/47128 */
const describeFirmwareUpdateStatus: Action<{ ProductId: string; DeviceName: string }, z.output<typeof payload>> = {
  name: 'AppDescribeFirmwareUpdateStatus',
  writes: false,
  parse: (fields) => payload.parse(fields),
};

const { SETTLING, DOWNLOADING, DOWNLOADED, FAILED, TIMED_OUT, UNKNOWN } = FirmwareUpgradePhase;
const INT_LIMIT = 2 ** 31;

@ObjectType({
  simpleResolvers: true,
  description: "The device's latest upgrade. The platform keeps one a device, without a number of its own.",
})
class FirmwareUpgrade {
  @Field(() => FirmwareUpgradePhase, { description: 'Where it stands. Treat a value you do not know as `UNKNOWN`.' })
  readonly phase: FirmwareUpgradePhase;

  @Field(() => Int, {
    nullable: true,
    description:
      "The platform's own status number, as it came: for support, and for a number that `phase` has no name for. Null if none came.",
  })
  readonly platformStatus: number | null;

  @Field(() => Int, {
    nullable: true,
    description:
      '0 to 100 while `DOWNLOADING` or `DOWNLOADED`, and under `UNKNOWN` if the platform gave a percent without a status; else null. It may stand still, jump or go back; installing has no percent.',
  })
  readonly percent: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'The version it started from. Null if not reported, and while `SETTLING`.',
  })
  readonly fromVersion: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The version it installs. Null if not reported, and while `SETTLING`.',
  })
  readonly toVersion: string | null;

  @Field(() => Boolean, {
    description: `True if this upgrade has ended: \`SUCCEEDED\`, \`FAILED\` or \`TIMED_OUT\`. Stop asking.

The platform may show the previous upgrade's end for some seconds after a confirm. The gateway does not pass it on: for 15 seconds after
a confirm that was accepted or answered with \`CHECK_STATUS\`, what may be from before it (an end, \`AWAITING_CONFIRMATION\`, \`NONE\`) is answered as \`SETTLING\`
to the token that confirmed, until the platform shows the upgrade moving. So a quick end of an upgrade that nobody saw moving is shown late, rather than an old end as the new one.
Gateways that run side by side share this through Redis; without it, another one's answer may be the older end: compare \`toVersion\` with the version you confirmed.`,
  })
  readonly isFinal: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      'What the device or the platform gave as the reason, if `FAILED` or `TIMED_OUT`; often missing or vague. For support, not for the user.',
  })
  readonly failureReason: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Ask again after so many milliseconds: 2000 while something moves, more while nothing does. Null if there is nothing to follow: the upgrade has ended (`isFinal`), or there is none (`NONE`).',
  })
  readonly pollAfterMs: number | null;

  constructor(phase: FirmwareUpgradePhase, read: z.output<typeof payload>) {
    const { Status, Percent, OriVersion, DstVersion, ErrMsg } = read;
    const isSettling = phase === SETTLING;
    this.phase = phase;
    this.platformStatus = Status !== undefined && Math.abs(Status) < INT_LIMIT ? Status : null;
    const hasPercent = phase === DOWNLOADING || phase === DOWNLOADED || (phase === UNKNOWN && Status === undefined);
    this.percent = hasPercent && Percent !== undefined ? Math.trunc(Math.min(100, Math.max(0, Percent))) : null;
    this.fromVersion = (!isSettling && OriVersion) || null;
    this.toVersion = (!isSettling && DstVersion) || null;
    this.isFinal = isFinalPhase(phase);
    this.failureReason = ((phase === FAILED || phase === TIMED_OUT) && ErrMsg) || null;
    this.pollAfterMs = pollAfterMsFor(phase);
  }
}

const FirmwareUpgradeResult = createUnionType({
  name: 'FirmwareUpgradeResult',
  description: 'How far the upgrade is, or why that could not be read. The nine errors are the same for every read.',
  types: () => [FirmwareUpgrade, ...readErrorTypes] as const,
});

@Resolver(() => Device)
export class FirmwareUpgradeOfDevice {
  @FieldResolver(() => FirmwareUpgradeResult, {
    nullable: true,
    description: `How far the device's latest upgrade is. Ask again after \`pollAfterMs\`; the platform pushes nothing.

Source: AppDescribeFirmwareUpdateStatus, https://cloud.tencent.com/document/product/1081/47128`,
  })
  firmwareUpgrade(
    @Root() device: Device,
    @Ctx() context: Context,
  ): FirmwareUpgrade | ReadError | Promise<FirmwareUpgrade | ReadError> {
    // Not by a promise: of an event, nothing else may be selected, and then it is executed at once.
    return (context.upgradeOf(device.id) as FirmwareUpgrade | ReadError | undefined) ?? answerFor(device, context);
  }
}

async function answerFor(device: Device, context: Context): Promise<FirmwareUpgrade | ReadError> {
  try {
    const { read, upgrade } = await readUpgrade(device, context);
    const { phase, percent, fromVersion: from, toVersion: to } = upgrade;
    if (upgrade.isFinal && (await context.isOldEnd(device.id, { from, to })))
      return new FirmwareUpgrade(SETTLING, read);
    const rank = rankOf(phase);
    if (rank !== undefined && !mayBeOld(phase)) await context.sawMoving(device.id, { rank, percent, from, to });
    return upgrade;
  } catch (cause) {
    return readErrorFrom(cause);
  }
}

/** What the platform shows, or SETTLING if it may be from before a confirm. @throws a TokenApiFailure */
async function readUpgrade({ id, productId, deviceName }: Device, source: UpgradeSource, isPatient = false) {
  const parameters = { ProductId: productId, DeviceName: deviceName };
  const { payload: read, beganAt: readAt } = await source.readDated(describeFirmwareUpdateStatus, parameters);
  const phase = phaseFrom(read.Status, read.OriVersion !== undefined || read.DstVersion !== undefined);
  const isOld = mayBeOld(phase);
  const isMoving = isMovingPhase(phase);
  const isSettling = await source.isSettling(id, { mayBeOld: isOld, isMoving, readAt, isPatient });
  return { read, upgrade: new FirmwareUpgrade(isSettling ? SETTLING : phase, read) };
}

/** The same for whoever follows it, knows what was seen before, and need not be answered at once. Never throws. */
export const lookAt = (device: Device, source: UpgradeSource): Promise<FirmwareUpgrade | ReadError> =>
  readUpgrade(device, source, true).then(({ upgrade }) => upgrade, readErrorFrom);

interface Seen {
  /** Undefined: it is known by a percent without a status. */
  rank: number | undefined;
  percent: number | null;
  from: string | null;
  to: string | null;
}

/** One that was seen to be so far, and has not ended. */
export function upgradeOf({ rank, percent, from, to }: Seen): FirmwareUpgrade {
  const { phase, status } = phaseOfRank(rank);
  const versions = { OriVersion: from ?? undefined, DstVersion: to ?? undefined };
  return new FirmwareUpgrade(phase, { ...versions, Status: status, Percent: percent ?? undefined, ErrMsg: undefined });
}
