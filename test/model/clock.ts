/** Virtual time. */
export interface ModelClock {
  /** Epoch ms. */
  now(): number;
  advance(ms: number): void;
  setNow(time: number): void;
}

/** A clock of the model's own, or somebody else's, which cannot be moved from here. */
export function openClock({ now: given }: { readonly now: number | (() => number) }): ModelClock {
  if (typeof given === 'function') {
    const refuse = (): never => {
      throw new Error("this model follows somebody else's clock");
    };
    return { now: given, advance: (ms) => (ms === 0 ? undefined : refuse()), setNow: refuse };
  }
  let time = given;
  return {
    now: () => time,
    advance: (ms) => {
      time += ms;
    },
    setNow: (at) => {
      time = at;
    },
  };
}
