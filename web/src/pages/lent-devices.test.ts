// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LentDevices } from './lent-devices.ts';
import type { MeView } from './services.ts';

const settings = { microphone: true, camera: false };
const me = vi.fn(() => Promise.resolve({ user: { name: 'john' }, settings } as MeView));
const storage = { read: () => null, write: () => undefined };
let lent: LentDevices;

beforeEach(() => {
    vi.useFakeTimers();
    me.mockClear();
    const query = (): Promise<object> => Promise.resolve({ state: 'granted' });
    vi.stubGlobal('navigator', { permissions: { query } });
    lent = new LentDevices(me, storage as never);
});
afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
});

test('what was looked up is given at once, also while it is looked up again', async () => {
    const first = lent.look();
    expect(first).toBeInstanceOf(Promise);
    const known = await first;
    expect([typeof known.audio, typeof known.video]).toEqual(['function', 'undefined']);
    expect(lent.look()).toBe(known);
    expect(me).toBeCalledTimes(1);
    await vi.advanceTimersByTimeAsync(10_001);
    expect(lent.look()).toBe(known);
    expect(me).toBeCalledTimes(2);
    await vi.advanceTimersByTimeAsync(0);
    expect(lent.look()).not.toBe(known);
});

test('nothing is given at once that was chosen otherwise since, or could not be looked up',
    async () => {
        await lent.look();
        lent.forget();
        expect(lent.look()).toBeInstanceOf(Promise);
        await lent.look();
        lent.forget();
        me.mockRejectedValueOnce(new Error('away'));
        await expect(lent.look()).rejects.toThrow('away');
        await expect(lent.look()).resolves.toBeDefined();
    });
