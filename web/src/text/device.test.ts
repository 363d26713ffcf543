// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { deviceName } from './device.ts';

test('a browser is called in the words of the reader, a name that somebody gave stays', () => {
    expect(['Firefox on Windows', 'Browser', 'Safari', 'Phone on desk', ''].map(deviceName))
        .toEqual(['Firefox on Windows', 'Browser', 'Safari', 'Phone on desk', '']);
});
