// SPDX-License-Identifier: Apache-2.0
// A meeting of a room or a space: its tab opens in the click, its link stands in the room.
import { openBlankTab } from '../platform/windows.ts';
import { services, type ApiProblem } from './services.ts';

export interface Meeting {
    readonly room: string;
    readonly connector: string;
    readonly picked: boolean;
}

/** `blocked`: the browser has opened no tab; the link in the room opens it. */
export async function meet({ room, connector, picked }: Meeting): Promise<'open' | 'blocked'> {
    const { live, chat } = services.get();
    if (!live.connected) {
        throw { error: 'network' } satisfies ApiProblem; // An empty tab would wait for it.
    }
    const tab = openBlankTab();
    try {
        const link = await chat.meet(room, connector, picked);
        tab?.show(link);
    } catch (thrown) {
        tab?.close();
        throw thrown;
    }
    return tab ? 'open' : 'blocked';
}
