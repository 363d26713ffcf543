// SPDX-License-Identifier: Apache-2.0
// @vitest-environment jsdom
import { expect, test } from 'vitest';
import type { RingPermission } from '../platform/background.ts';
import { CALL_TEXTS } from '../text/more-texts.ts';
import { addTexts } from '../text/text.ts';
import { FakeBackground } from './fake-background.ts';
import { VvPushSettings } from './push-settings.ts';
import { services, type Services } from './services.ts';

await addTexts(CALL_TEXTS);

async function shown(permission: RingPermission, on = false) {
    const background = new FakeBackground(permission);
    const asked: string[] = [];
    const api = {
        push: async () => ({ key: 'server-key', on }),
        savePush: async () => void asked.push('save'),
        removePush: async () => void asked.push('remove'),
    };
    const quiet = { onChange: () => () => undefined };
    services.give({ api, background, live: quiet, chat: quiet } as unknown as Services);
    const part = new VvPushSettings();
    const told: string[] = [];
    part.addEventListener('vv-tell', (event) =>
        told.push((event as CustomEvent<{ text: string }>).detail.text));
    document.body.replaceChildren(part);
    const settle = async (): Promise<void> => {
        await new Promise((resolve) => setTimeout(resolve));
        await part.updateComplete;
    };
    await settle();
    const box = part.querySelector('input')!;
    const press = async (): Promise<void> => {
        box.click();
        await settle();
        await settle();
    };
    const state = (): string => part.querySelector('#push-state')!.textContent!.trim();
    return { background, asked, told, box, press, state };
}

test('switching on asks the person, subscribes with the key of the server, tells it', async () => {
    const { background, asked, box, press, state } = await shown('default');
    expect(state()).toContain('Allow');
    await press();
    expect([background.subscribed, asked, box.checked]).toEqual([['server-key'], ['save'], true]);
    expect(state()).toContain('This browser rings');
});

test('switching off tells the server and gives the subscription back', async () => {
    const { background, asked, box, press } = await shown('granted', true);
    expect(box.checked).toBe(true);
    await press();
    expect([background.subscribed, asked, box.checked]).toEqual([[], ['remove'], false]);
});

test('who refuses the question reads where to allow it', async () => {
    const { background, asked, box, press, state } = await shown('default');
    background.answer = 'denied';
    await press();
    expect([asked, box.checked, box.disabled]).toEqual([[], false, true]);
    expect(state()).toContain('blocked in this browser');
});

test('a subscription without permission does not count, no push is told', async () => {
    expect((await shown('denied', true)).box.checked).toBe(false);
    const none = await shown('none');
    expect(none.box.disabled).toBe(true);
    expect(none.state()).toContain('https');
});

test('a push service out of reach leaves it off and is told', async () => {
    const { background, asked, told, box, press } = await shown('granted');
    background.reachable = false;
    await press();
    expect([asked, box.checked]).toEqual([[], false]);
    expect(told[0]).toContain('push service');
});
