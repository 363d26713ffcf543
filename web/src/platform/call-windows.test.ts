// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test, vi } from 'vitest';
import { holdCallWindow } from './call-windows.ts';

let grant: () => unknown;
let said: number;
let closed: boolean;

beforeEach(() => {
    said = 0;
    closed = false;
    vi.stubGlobal('window', { BroadcastChannel: true, focus: () => undefined, name: '' });
    vi.stubGlobal('BroadcastChannel', class {
        postMessage(): void {
            if (closed) {
                throw new Error('Channel is closed');
            }
            said++;
        }
        close(): void {
            closed = true;
        }
    });
    vi.stubGlobal('navigator', { locks: {
        request: (_: string, granted: () => unknown) => {
            grant = granted;
            return Promise.resolve();
        },
    } });
});

test('a window says that it has a call, and holds it until it lets go', async () => {
    const letGo = holdCallWindow('c');
    const held = grant();
    expect(said).toBe(1);
    letGo();
    await expect(held).resolves.toBeUndefined();
    expect(said).toBe(2);
});

test('let go before it was granted, nothing is said and nothing held', () => {
    holdCallWindow('c')(); // Both had pressed Call: it goes on under the other id.
    expect(grant()).toBeUndefined();
    expect(said).toBe(1);
});
