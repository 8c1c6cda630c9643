/**
 * The assignment of many equal things to many equal places: a transportation problem. Its cost follows from how many kinds there
 * are and not from how many things.
 */

/** What is to be assigned. */
export interface Shipment {
  /** What a unit of a sender earns at a taker, by sender and taker; not negative, finite. */
  readonly credits: readonly (readonly number[])[];
  /** Units of each sender. */
  readonly supplies: readonly number[];
  /** Units that each taker has room for. */
  readonly rooms: readonly number[];
}

/**
 * The most that the units earn together when each goes to one taker or nowhere. It is what `bestAssignment` earns with a row for
 * every unit, up to rounding.
 *
 * Each sender's units go the cheapest way, others making room for them where that earns more (successive shortest paths with prices:
 * Ahuja, Magnanti and Orlin, "Network Flows", 1993, section 9.7). Paths lead from taker to taker, and what the cheapest move between two takers
 * costs is kept, so a path takes the square of the number of takers at most; the smaller side are the takers.
 */
export function bestShipmentCredit(shipment: Shipment): number {
  const { credits, supplies, rooms } = shipment;
  if (rooms.length <= supplies.length) return new Shipping(shipment).run();
  const turned = rooms.map((_, taker) => credits.map((ofSender) => ofSender[taker]!));
  return new Shipping({ credits: turned, supplies: rooms, rooms: supplies }).run();
}

/** Where the units are so far. One taker more, the last, is nowhere: it has room for all, and nothing is earned there. */
class Shipping {
  readonly #supplies: readonly number[];
  readonly #credits: readonly Float64Array[];
  readonly #takers: number;
  readonly #room: number[];
  readonly #prices: Float64Array;
  /** By taker, the units of each sender that it has. */
  readonly #held: readonly Map<number, number>[];
  /** By two takers, what it costs to move the cheapest unit from the one to the other, and whose unit that is. */
  readonly #moveCosts: Float64Array;
  readonly #movers: Int32Array;

  constructor({ credits, supplies, rooms }: Shipment) {
    this.#supplies = supplies;
    this.#credits = credits.map((ofSender) => Float64Array.from([...ofSender, 0]));
    this.#room = [...rooms, Infinity];
    this.#takers = this.#room.length;
    this.#prices = new Float64Array(this.#takers);
    this.#held = this.#room.map(() => new Map<number, number>());
    this.#moveCosts = new Float64Array(this.#takers ** 2).fill(Infinity);
    this.#movers = new Int32Array(this.#takers ** 2);
  }

  /** Sends all units. @returns What they earn. */
  run(): number {
    for (const [sender, supply] of this.#supplies.entries()) {
      for (let left = supply; left > 0;) left -= this.#send(sender, left);
    }
    let sum = 0;
    for (const [taker, held] of this.#held.entries()) {
      for (const [sender, units] of held) sum += units * this.#credits[sender]![taker]!;
    }
    return sum;
  }

  /** Finds the cheapest way (Dijkstra) and sends units along. @returns How many, at least one. */
  #send(sender: number, most: number): number {
    const takers = this.#takers;
    const credits = this.#credits[sender]!;
    const costs = this.#prices.map((price, taker) => price - credits[taker]!);
    const cameFrom = new Int32Array(takers).fill(-1);
    const isSeen = new Uint8Array(takers);
    for (;;) {
      let closest = -1;
      for (let taker = 0; taker < takers; taker++) {
        if (isSeen[taker] === 1) continue;
        if (closest === -1 || costs[taker]! < costs[closest]!) closest = taker;
      }
      const cost = costs[closest]!;
      if (this.#room[closest]! > 0) {
        for (let taker = 0; taker < takers; taker++) {
          if (isSeen[taker] === 1) this.#prices[taker]! += cost - costs[taker]!;
        }
        return this.#move(sender, most, closest, cameFrom);
      }
      isSeen[closest] = 1;
      for (let taker = 0; taker < takers; taker++) {
        if (isSeen[taker] === 1) continue;
        const moved =
          this.#moveCosts[closest * takers + taker]! -
          this.#prices[closest]! +
          this.#prices[taker]!;
        if (cost + moved >= costs[taker]!) continue;
        costs[taker] = cost + moved;
        cameFrom[taker] = closest;
      }
    }
  }

  /** Moves as many units along the way as each of its steps has. */
  #move(sender: number, most: number, end: number, cameFrom: Int32Array): number {
    const steps: { readonly from: number; readonly to: number; readonly mover: number }[] = [];
    let amount = Math.min(most, this.#room[end]!);
    let to = end;
    for (let from = cameFrom[to]!; from !== -1; from = cameFrom[to]!) {
      const mover = this.#movers[from * this.#takers + to]!;
      amount = Math.min(amount, this.#held[from]!.get(mover)!);
      steps.push({ from, to, mover });
      to = from;
    }
    this.#room[end]! -= amount;
    for (const step of steps) {
      this.#give(step.mover, step.from, -amount);
      this.#give(step.mover, step.to, amount);
    }
    this.#give(sender, to, amount);
    return amount;
  }

  /** Changes what a taker has of a sender, and what moves from it cost. */
  #give(sender: number, taker: number, change: number): void {
    const held = this.#held[taker]!;
    const units = (held.get(sender) ?? 0) + change;
    if (units > 0) {
      if (!held.has(sender)) this.#offer(sender, taker);
      held.set(sender, units);
      return;
    }
    held.delete(sender);
    const start = taker * this.#takers;
    this.#moveCosts.fill(Infinity, start, start + this.#takers);
    for (const other of held.keys()) this.#offer(other, taker);
  }

  /** A sender's unit at a taker may be the cheapest to move elsewhere. */
  #offer(sender: number, taker: number): void {
    const credits = this.#credits[sender]!;
    const start = taker * this.#takers;
    for (let other = 0; other < this.#takers; other++) {
      const cost = credits[taker]! - credits[other]!;
      if (cost >= this.#moveCosts[start + other]!) continue;
      this.#moveCosts[start + other] = cost;
      this.#movers[start + other] = sender;
    }
  }
}
