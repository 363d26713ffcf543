// SPDX-License-Identifier: Apache-2.0
// What the tests of the portal's pages share.
import assert from 'node:assert/strict';

/** A request as the page itself would make it; gives the parsed answer. */
export async function ask(page, method, path, body) {
    const answer = await page.evaluate(async ([how, where, what]) => {
        const headers = { 'content-type': 'application/json' };
        const response = await fetch(where, { method: how, headers, body: what });
        const text = await response.text();
        return { status: response.status, text };
    }, [method, path, body && JSON.stringify(body)]);
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.text === '' ? undefined : JSON.parse(answer.text);
}

/** An id in the form of model/id.h. */
export const freshId = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Buffer.from(bytes).toString('base64url');
};

/** The room of the page's person and `name`. */
export async function directRoom(page, name) {
    const body = { id: freshId(), kind: 'direct', name };
    return (await ask(page, 'POST', '/api/rooms', body)).room.id;
}

export async function teamRoom(page, title, members) {
    const body = { id: freshId(), kind: 'team', title, members };
    return (await ask(page, 'POST', '/api/rooms', body)).room.id;
}

export async function post(page, text, space) {
    const body = { id: freshId(), text, ...(space && { space }) };
    return (await ask(page, 'POST', '/api/activities', body)).activity.id;
}

/** Writes into a composer and sends by Enter, as people do. */
export async function write(place, text) {
    const box = place.locator('vv-composer textarea');
    await box.fill(text);
    await box.press('Enter');
}

/** To another page of the portal without a load. */
export async function follow(page, path) {
    await page.evaluate((to) => document.querySelector('vv-portal').dispatchEvent(
        new CustomEvent('vv-go', { detail: { path: to } })), path);
    await page.waitForURL(`**${path}`);
}

/** The dialog of the WebRTC settings on the page of an administrator. */
export function webrtcSettings(page) {
    const dialog = page.locator('vv-webrtc-settings');
    const button = (name) => dialog.getByRole('button', { name, exact: true });
    return {
        dialog,
        button,
        field: (name) => dialog.locator(`vv-field[name="${name}"] input`),
        open: async () => {
            await page.goto('/admin');
            await page.getByRole('button', { name: 'Settings of WebRTC' }).click();
            await button('Save').waitFor();
        },
        save: async () => {
            await button('Save').click();
            await dialog.waitFor({ state: 'detached' });
        },
    };
}

/** Of which people the visible Call buttons are. */
export function calledBy(place) {
    return place.locator('vv-call-button:not([hidden])').evaluateAll((buttons) =>
        buttons.filter((one) => one.checkVisibility()).map((one) => one.name));
}

/** Before the pages of a context: their WebSocket can be cut, as by a network, and mended. */
export async function cuttable(context) {
    const open = new Set();
    let down = false;
    await context.routeWebSocket('**/ws', (socket) => {
        if (down) {
            void socket.close();
            return;
        }
        socket.connectToServer();
        open.add(socket);
    });
    return {
        cut: async () => {
            down = true;
            await Promise.all([...open].map((socket) => socket.close()));
            open.clear();
        },
        mend: () => (down = false),
    };
}

/** Before the pages of a context: what the server says to those that are open can be kept back, as
 *  by a slow network, and let go. What they say to it is not. */
export async function slowable(context) {
    const pages = new Set();
    let slow = new Map();
    await context.routeWebSocket('**/ws', (page) => {
        pages.add(page);
        page.connectToServer().onMessage((text) => {
            const kept = slow.get(page);
            if (kept) {
                kept.push(text);
            } else {
                page.send(text);
            }
        });
    });
    return {
        keep: () => (slow = new Map([...pages].map((page) => [page, []]))),
        /** Whether an event of the type has come and is kept. */
        keeps: (type) => [...slow.values()].flat().some((text) => JSON.parse(text).type === type),
        letGo: () => {
            const kept = slow;
            slow = new Map();
            kept.forEach((texts, page) => texts.forEach((text) => page.send(text)));
        },
    };
}

/** Before the pages of a context: before each event of the server they are told `more(event)`. */
export async function tellMore(context, more) {
    await context.routeWebSocket('**/ws', (page) => {
        let added = 0;
        page.connectToServer().onMessage((text) => {
            const message = JSON.parse(text);
            if (message.id !== undefined) { // A reply.
                page.send(text);
                return;
            }
            const extra = more(message);
            [...extra, message].forEach((event, i) =>
                page.send(JSON.stringify({ ...event, seq: message.seq + added + i })));
            added += extra.length;
        });
    });
}
