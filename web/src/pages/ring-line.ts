// SPDX-License-Identifier: Apache-2.0
// What the caller reads while it rings: only what devices have said.
import type { CallInfo } from '../protocol/messages.ts';
import { deviceName } from '../text/device.ts';
import { formatList, t } from '../text/text.ts';

export function ringLine(
    { rings, waiting, silent }: Pick<CallInfo, 'rings' | 'waiting' | 'silent'>,
    name: string,
): string {
    const on = (...hows: string[]): string =>
        formatList([...new Set(rings.filter(({ how }) => hows.includes(how))
            .map(({ device }) => deviceName(device)))]);
    if (waiting) {
        return t('call-rings-waiting', { name });
    }
    if (silent) {
        return t('call-rings-silent', { name });
    }
    const loud = on('audible', 'push');
    const mute = on('by-autoplay', 'by-status');
    return loud
        ? t('call-rings', { devices: loud })
        : mute
          ? t('call-rings-mute', { devices: mute })
          : t('call-dialling', { name });
}
