// How places are shared out, for every order in which calls come and go: nobody has more than a share, nobody who can have a place
// waits, and those who wait take turns.

import fc from 'fast-check';
import { Share } from '../../src/tokenapi/shares';

const LINES = 2;
const USERS = 3;

/** A share of all, lines beneath it, and users beneath each line; a user of the first line may come to stand in the second. */
const world = (limits: number[]) => {
  const [most = 1, ofLine = 1, ofUser = 1] = limits;
  const all = new Share<string>({ most, mostWaiting: 20 });
  const lines = Array.from({ length: LINES }, () => new Share<string>({ most: ofLine, mostWaiting: 10 }, all));
  const users = lines.flatMap((line) =>
    Array.from({ length: USERS }, () => new Share<string>({ most: ofUser, mostWaiting: 4 }, line)),
  );
  return { all, lines, users, limits: { most, ofLine, ofUser } };
};

const limit = fc.integer({ min: 1, max: 4 });
const step = fc.record({
  does: fc.constantFrom('enter', 'enter', 'end', 'leave', 'move'),
  user: fc.nat({ max: LINES * USERS - 1 }),
});

it('keeps every share within its limits, and lets nobody wait for whom there is room', () => {
  fc.assert(
    fc.property(fc.tuple(limit, limit, limit), fc.array(step, { maxLength: 60 }), (given, steps) => {
      const { all, lines, users, limits } = world(given);
      const lineOf = users.map((_, user) => Math.floor(user / USERS));
      const underWay = users.map(() => 0);
      const waiting: string[][] = users.map(() => []);
      const serve = () => {
        while (all.isReady()) {
          const waiter = all.next();
          const user = Number(waiter.split(' ')[0]);
          // Within one share, the first who came is the first.
          expect(waiting[user]?.shift()).toBe(waiter);
          users[user]?.begin();
          (underWay[user] as number)++;
        }
      };
      for (const [nth, { does, user }] of steps.entries()) {
        const share = users[user] as Share<string>;
        if (does === 'enter' && share.hasRoom()) {
          share.begin();
          (underWay[user] as number)++;
        } else if (does === 'enter' && share.hasQueuePlace()) {
          share.wait(`${user} ${nth}`);
          waiting[user]?.push(`${user} ${nth}`);
        } else if (does === 'end' && (underWay[user] as number) > 0) {
          share.end();
          (underWay[user] as number)--;
        } else if (does === 'leave' && waiting[user]?.length)
          expect(share.leave(waiting[user]?.pop() as string)).toBe(true);
        else if (does === 'move') {
          share.moveTo(lines[1] as Share<string>, { most: limits.ofUser, mostWaiting: 4 });
          lineOf[user] = 1;
        }
        serve();
        const sum = (of: (user: number) => number, line?: number) =>
          users.reduce((total, _, each) => (line === undefined || lineOf[each] === line ? total + of(each) : total), 0);
        const [begun, waits] = [
          (each: number) => underWay[each] as number,
          (each: number) => waiting[each]?.length ?? 0,
        ];
        expect([all.underWay, all.waiting]).toEqual([sum(begun), sum(waits)]);
        expect(lines.map((line) => [line.underWay, line.waiting])).toEqual(
          lines.map((_, line) => [sum(begun, line), sum(waits, line)]),
        );
        for (const [each, one] of users.entries())
          if (waits(each) > 0) expect([each, one.hasRoom()]).toEqual([each, false]);
      }
    }),
    { numRuns: 500 },
  );
});

it('lets no user begin twice while another waits all the time', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 6 }), (counts) => {
      const all = new Share<{ user: number }>({ most: 1, mostWaiting: 100 });
      const users = counts.map(() => new Share<{ user: number }>({ most: 2, mostWaiting: 100 }, all));
      all.begin();
      for (const [user, count] of counts.entries()) for (let i = 0; i < count; i++) users[user]?.wait({ user });
      all.end();
      const turns: number[] = [];
      while (all.isReady()) {
        const { user } = all.next();
        turns.push(user);
        users[user]?.begin();
        users[user]?.end();
      }
      // Round by round: everybody who has a call left has one turn.
      const rounds = Array.from({ length: Math.max(...counts) }, (_, round) =>
        counts.flatMap((count, user) => (count > round ? [user] : [])),
      );
      expect(turns).toEqual(rounds.flat());
    }),
  );
});
