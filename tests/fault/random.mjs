// SPDX-License-Identifier: Apache-2.0

/** Park and Miller's generator: the same seed, the same moments. */
export function generator(seed) {
    let state = (seed % 2147483646) + 1;
    return (below) => {
        state = (state * 48271) % 2147483647;
        return state % below;
    };
}
