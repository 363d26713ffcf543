// SPDX-License-Identifier: Apache-2.0
// The driver of the browsers, without its habit that each evaluate() counts as a click of the
// person. It is mended before it is loaded: what a process has loaded stays as it was.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

function leaveGestures() {
    const require = createRequire(import.meta.url);
    const bundle = join(dirname(require.resolve('playwright-core')), 'lib/coreBundle.js');
    const text = readFileSync(bundle, 'utf8');
    const mended = text.replaceAll('userGesture: true', 'userGesture: false')
        .replaceAll('userActivation: true', 'userActivation: false');
    if (mended !== text) {
        const whole = `${bundle}.${process.pid}`; // Another process may be loading it.
        writeFileSync(whole, mended);
        renameSync(whole, bundle);
    }
}

leaveGestures();
export const { chromium, devices, firefox } = await import('playwright-core');
