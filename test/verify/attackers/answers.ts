// Attackers by what they are answered: answers that are large, and that nobody reads.

import { type Attack, type Attacker, entities, idsOf, representations, requestOf, type Sent } from './attacker';

const NOTES = 'firmware { ... on DeviceFirmware { release { notes } } }';

/** Release notes of one device, for so many representations of it under so many aliases: some of these are within the limits. */
const notesOf = (count: number, aliases = 1): Sent => ({
  query: entities(NOTES, aliases),
  variables: { r: Array(count).fill(representations(1)[0]) },
});
const large = [notesOf(1000, 10), notesOf(1000), notesOf(350), notesOf(130), notesOf(100), notesOf(20)] as const;
const largeOf = (number: number) => large[number % large.length] as Sent;

/** As many as a connection's buffers take at once, and more. */
const PIPELINED = 2000;

/** Connections that ask the same thousands of things each. Nobody reads what they are answered. */
function pipeline(attack: Attack, connections: number, sentFor: (number: number) => Sent): Promise<void> {
  const bytes = Buffer.concat(
    Array.from({ length: PIPELINED }, (_, number) => requestOf(sentFor(number), attack.token(number % 3))),
  );
  return attack.hold(connections, () => attack.open(bytes));
}

export const answerAttackers: readonly Attacker[] = [
  {
    name: 'huge answers',
    why: 'a small request repeats long notes a thousand times: memory, and the time to write them down',
    harmsNaive: true,
    attack: (attack) => attack.repeat(12, (number) => attack.post(largeOf(number), attack.token(number % 4))),
  },
  {
    name: 'huge answers that nobody reads',
    why: 'an answer that is not read stays in memory for as long as its connection stands',
    harmsNaive: true,
    attack: (attack) => attack.hold(60, (number) => attack.open(requestOf(largeOf(number), attack.token(number)))),
  },
  {
    name: 'huge answers, read a byte a second',
    why: 'a reader that is slow is never idle',
    attack: (attack) =>
      attack.hold(60, (number) => {
        const socket = attack.open(requestOf(largeOf(number), attack.token(number)));
        const reading = setInterval(() => socket.read(1), 1000);
        return socket.once('close', () => clearInterval(reading));
      }),
  },
  {
    name: 'pipelined, never read',
    why: 'one connection asks thousands of times before it reads the first answer',
    attack: (attack) => pipeline(attack, 100, () => ({ query: '{ _service { sdl } }' })),
  },
  {
    name: 'pipelined reads and confirms, never read',
    why: 'one connection holds the places of thousands',
    attack: (attack) =>
      pipeline(attack, 5, (number) => ({
        query:
          number % 2
            ? 'mutation($d: String!) { confirmFirmwareUpgrade(productId: "P", deviceName: $d) { __typename } }'
            : 'query($d: ID!) { devices(ids: [$d]) { firmware { __typename } } }',
        variables: { d: number % 2 ? `d${number}` : idsOf(1, `d${number}`)[0] },
      })),
  },
];
