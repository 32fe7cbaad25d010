// Mutation.confirmFirmwareUpgrades: the same order for several devices, each sent at most once and answered by itself.

import { Args, ArgsType, Ctx, Field, ID, Mutation, Resolver } from 'type-graphql';
import type { Context } from '../context/context';
import { Device, deviceOrFaultFromId } from '../graph/device';
import type { ConfirmError } from '../graph/errors';
import {
  ConfirmFirmwareUpgradeResult,
  type ConfirmFirmwareUpgradeSuccess,
  pressOf,
  resultOf,
} from './confirmFirmwareUpgrade';

/** Devices of one list, and of all fields of a mutation together. */
export const CONFIRMS_LIMIT = 20;

@ArgsType()
class ConfirmsArgs {
  @Field(() => [ID], {
    description: `At most ${CONFIRMS_LIMIT} device ids, each \`<ProductId>/<DeviceName>\`. One that is named twice is sent once.`,
  })
  ids!: string[];

  @Field(() => String, {
    nullable: true,
    description: 'Counts for each device by itself: see `confirmFirmwareUpgrade`.',
  })
  idempotencyKey?: string | null;
}

@Resolver()
export class ConfirmFirmwareUpgrades {
  @Mutation(() => [ConfirmFirmwareUpgradeResult], {
    description: `The same for several devices: results in the order of \`ids\` and as many, each sent at most once, a few at a time.
A mutation that would confirm more than ${CONFIRMS_LIMIT} devices, over all of its fields, is refused before anything is sent.
What the time of the operation does not reach is \`TokenApiUnavailableError\` with RETRY: send those again.`,
  })
  async confirmFirmwareUpgrades(
    @Args(() => ConfirmsArgs) { ids, idempotencyKey }: ConfirmsArgs,
    @Ctx() context: Context,
  ): Promise<(ConfirmFirmwareUpgradeSuccess | ConfirmError)[]> {
    const presses = ids.map((id) => {
      const found = deviceOrFaultFromId(id);
      return typeof found === 'string'
        ? pressOf(new Device('', id), idempotencyKey, found)
        : pressOf(found, idempotencyKey);
    });
    const answers = await context.confirmAll(presses);
    return answers.map((answer, i) => resultOf(answer, (presses[i] as (typeof presses)[number]).device));
  }
}
