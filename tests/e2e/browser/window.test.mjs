// SPDX-License-Identifier: Apache-2.0
// What a call window offers while two people talk: product.md, "A call, step by step", 6 to 12.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { closing, connected, johnAndMary, mediaFlow, openBrowser, opening, until }
    from './browser.mjs';

let server;
let browsers;
let people;
let caller;
let callee;
before(async () => {
    server = await Server.start({ demo: true });
    browsers = await Promise.all([openBrowser(), openBrowser()]);
    people = await johnAndMary(server, browsers);
    await people.john.context().addInitScript(() => {
        window.opened = [];
        window.awake = [];
        const request = WakeLock.prototype.request;
        WakeLock.prototype.request = function ask(kind) {
            window.awake.push(kind);
            return request.call(this, kind);
        };
        window.systemKeys = {};
        const take = MediaSession.prototype.setActionHandler;
        MediaSession.prototype.setActionHandler = function handle(action, act) {
            window.systemKeys[action] = act;
            take.call(this, action, act);
        };
        const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async (wanted) => {
            const stream = await real(wanted);
            window.opened.push(...stream.getTracks());
            return stream;
        };
    });
    ({ caller, callee } = await connected(people));
});
after(async () => {
    await people.close();
    await Promise.all(browsers.map((browser) => browser.close()));
    assert.equal(await server.stop(), 0);
});

const stage = (page, property) =>
    page.evaluate((name) => document.querySelector('vv-call-stage')[name], property);
const control = (page, name) => page.locator(`[data-control=${name}]`);
const labelSent = (page, kind) => page.evaluate((wanted) => window.peers.at(-1).getSenders()
    .find((sender) => sender.track?.kind === wanted)?.track.label, kind);

test('the buttons stand in their order, each with a name and a title', async () => {
    const buttons = await caller.locator('.bar button').evaluateAll((found) =>
        found.map((button) => [button.getAttribute('aria-label'), button.title !== '']));
    const names = buttons.map(([name]) => name);
    assert.deepEqual(names, ['Microphone', 'Choose microphone and speaker', 'Camera',
        'Choose camera', 'Share screen', 'Send a message', 'More', 'End call']);
    assert.ok(buttons.every(([, titled]) => titled));
});

test('N13: camera off closes the device, the other side sees avatar and mute sign', async () => {
    await control(caller, 'camera').click();
    await callee.locator('vv-call-stage .face vv-avatar').waitFor();
    const states = () => caller.evaluate(() => window.opened.filter((track) =>
        track.kind === 'video').map((track) => track.readyState));
    assert.ok((await states()).every((state) => state === 'ended'));
    assert.equal(await caller.locator('vv-own-picture').count(), 0);
    await control(caller, 'microphone').click();
    await callee.getByText('John Okafor is muted').waitFor();
    await control(caller, 'camera').click();
    await callee.locator('vv-call-stage .face').waitFor({ state: 'detached' });
    await mediaFlow(callee, { sound: false });
    await control(caller, 'microphone').click();
    await callee.getByText('John Okafor is muted').waitFor({ state: 'detached' });
});

test('another microphone is chosen in its menu, under a meter that moves', async () => {
    const before = await labelSent(caller, 'audio');
    await caller.getByRole('button', { name: 'Choose microphone and speaker' }).click();
    const menu = caller.locator('vv-device-menu');
    await until('the meter moves', () => menu.getByRole('meter').evaluate((meter) =>
        Number(meter.getAttribute('aria-valuenow')) > 20));
    const other = menu.getByRole('group', { name: 'Microphone' })
        .getByRole('radio', { checked: false }).first();
    await other.check();
    await until('it is used', async () => {
        const now = await labelSent(caller, 'audio');
        return now !== undefined && now !== before;
    });
    await mediaFlow(callee);
    await caller.keyboard.press('Escape');
    await menu.waitFor({ state: 'detached' });
    await caller.locator('vv-call-stage').waitFor(); // Escape never ends a call.
});

test('another camera is chosen in its menu', async () => {
    const before = await labelSent(caller, 'video');
    await caller.getByRole('button', { name: 'Choose camera' }).click();
    const cameras = caller.locator('vv-device-menu').getByRole('radio');
    const used = (wanted) => until('it is used', async () => {
        const now = await labelSent(caller, 'video');
        return now !== undefined && (now === before) === wanted;
    });
    await cameras.nth(1).check(); // The browser's second fake one sends a depth that nobody sees.
    await used(false);
    await cameras.nth(0).check();
    await used(true);
    await mediaFlow(callee, { sound: false });
    await caller.keyboard.press('Escape');
});

test('the speaker is tested and chosen', async () => {
    await caller.evaluate(() => {
        window.sounded = [];
        const real = HTMLMediaElement.prototype.play;
        HTMLMediaElement.prototype.play = function play() {
            if (this instanceof HTMLAudioElement) {
                window.sounded.push(this.sinkId);
            }
            return real.call(this);
        };
    });
    await caller.getByRole('button', { name: 'Choose microphone and speaker' }).click();
    const menu = caller.locator('vv-device-menu');
    const speakers = menu.getByRole('group', { name: 'Speaker' }).getByRole('radio');
    if (await speakers.count() > 1) {
        await speakers.nth(1).check();
    }
    await menu.getByRole('button', { name: 'Test the speaker' }).click();
    await until('the chime sounds', () => caller.evaluate(() => window.sounded.length > 0));
    await caller.keyboard.press('Escape');
});

test('an unplugged camera is replaced by another one, and a toast says so', async () => {
    await caller.evaluate(() => window.peers.at(-1).getSenders()
        .find((sender) => sender.track?.kind === 'video').track.dispatchEvent(new Event('ended')));
    await caller.getByText('Your camera is gone. Now in use').waitFor();
    await mediaFlow(callee, { sound: false });
    assert.equal(await control(caller, 'camera').getAttribute('aria-pressed'), 'true');
});

test('who speaks while muted is told so', async () => {
    await control(caller, 'microphone').click();
    await caller.getByText('You are muted').waitFor();
    await control(caller, 'microphone').click();
    await caller.getByText('You are muted').waitFor({ state: 'detached' });
});

test('the quality is explained: loss, delay, path and who limits', async () => {
    await caller.locator('vv-quality button').click();
    const panel = caller.locator('vv-quality .panel');
    await panel.getByText('Connection: good').waitFor();
    for (const text of ['Lost on the way', 'There and back', 'direct']) {
        await panel.getByText(text).waitFor();
    }
    // The other side says how much of ours it has lost: four levels, each with its figure.
    await caller.evaluate(() => {
        const real = RTCPeerConnection.prototype.getStats;
        window.peers.at(-1).getStats = async function stats(...args) {
            const found = new Map(await real.apply(this, args));
            return found.set('lost', { type: 'remote-inbound-rtp', fractionLost: window.lost });
        };
    });
    for (const [lost, level] of [[0.2, 'bad'], [0.1, 'poor'], [0.07, 'fair'], [0, 'good']]) {
        await caller.evaluate((share) => (window.lost = share), lost);
        await panel.getByText(`Connection: ${level}`).waitFor();
        await panel.getByText(new RegExp(`^\\W*${Math.round(lost * 100)}\\W*%$`)).waitFor();
    }
    await caller.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
});

test('keys: M, V, S, F, Ctrl+D, Ctrl+E, Space held, ?, and the switch of single ones', async () => {
    const pressed = (name) => control(caller, name).getAttribute('aria-pressed');
    await caller.evaluate(() => document.activeElement?.blur());
    await caller.keyboard.press('m');
    await until('muted', async () => await pressed('microphone') === 'false');
    await caller.keyboard.down(' ');
    await until('heard while held', async () => await stage(callee, 'peerMicrophone'));
    await caller.keyboard.up(' ');
    await until('silent again', async () => !await stage(callee, 'peerMicrophone'));
    await caller.keyboard.press('?');
    const list = caller.getByRole('dialog');
    // Not that of "You are muted", which may stand there too.
    const close = list.locator('header').getByRole('button', { name: 'Close' });
    await caller.getByText('Talk while held').waitFor();
    await caller.getByLabel('Keys without Ctrl').uncheck();
    await close.click();
    await list.waitFor({ state: 'hidden' });
    await caller.keyboard.press('m');
    await caller.keyboard.press('Control+d');
    await until('Ctrl+D still acts', async () => await pressed('microphone') === 'true');
    await caller.keyboard.press('Control+e');
    await until('Ctrl+E as well', async () => await pressed('camera') === 'false');
    await caller.locator('#open-more').click();
    await caller.getByRole('button', { name: 'Keys' }).click();
    await caller.getByLabel('Keys without Ctrl').check();
    await close.click();
    await caller.keyboard.press('v');
    await until('the camera is on again', async () => await pressed('camera') === 'true');
    for (const shared of [true, false]) {
        await caller.keyboard.press('s');
        await until('the screen is shared or not', async () =>
            await stage(callee, 'peerScreen') === shared);
    }
    await caller.keyboard.press('f');
    await until('full screen', () => caller.evaluate(() => document.fullscreenElement !== null));
    await caller.keyboard.press('f');
    await until('a window again', () => caller.evaluate(() => document.fullscreenElement === null));
});

test('a shared screen takes the place of the camera, and the viewer makes it larger', async () => {
    await control(caller, 'share').click();
    await until('the sign is there', () => stage(callee, 'peerScreen'));
    await mediaFlow(callee);
    await callee.getByRole('button', { name: 'Larger' }).click();
    const scale = () => callee.locator('vv-remote-picture video').evaluate((video) =>
        new DOMMatrix(getComputedStyle(video).transform).a);
    assert.equal(await scale(), 1.5);
    await callee.getByRole('button', { name: 'Smaller' }).click();
    assert.equal(await scale(), 1);
    await control(caller, 'share').click();
    await until('the camera is back', async () => !await stage(callee, 'peerScreen'));
    await mediaFlow(callee);
});

test('the sound of a shared screen is heard, also of who is muted', async () => {
    await control(caller, 'microphone').click();
    await callee.getByText('John Okafor is muted').waitFor();
    await caller.evaluate(() => {
        navigator.mediaDevices.getDisplayMedia = async () => {
            const canvas = document.createElement('canvas');
            const paint = canvas.getContext('2d');
            setInterval(() => paint.fillRect(0, 0, 9, 9), 50);
            const sound = new AudioContext();
            const tone = sound.createOscillator();
            const out = sound.createMediaStreamDestination();
            tone.connect(out);
            tone.start();
            return new MediaStream([...canvas.captureStream(10).getTracks(),
                ...out.stream.getTracks()]);
        };
    });
    await control(caller, 'share').click();
    await until('the sign is there', () => stage(callee, 'peerScreen'));
    await mediaFlow(callee);
    await control(caller, 'share').click();
    await until('the camera is back', async () => !await stage(callee, 'peerScreen'));
    await control(caller, 'microphone').click();
    await callee.getByText('John Okafor is muted').waitFor({ state: 'detached' });
});

test('the chat with the other opens beside the call, by its button and by C; the call goes on',
    async () => {
        for (const open of [() => control(caller, 'chat').click(),
            () => caller.keyboard.press('c')]) {
            const chat = await opening(people.john.context(), open);
            await chat.waitForURL('**/chat/*');
            await mediaFlow(callee);
            await chat.close();
        }
    });

test('the own picture is dragged to each corner, and moved around by the keyboard', async () => {
    const own = caller.locator('vv-own-picture');
    const { innerWidth: width, innerHeight: height } = await caller.evaluate(() =>
        ({ innerWidth, innerHeight }));
    const places = { 'top-left': [60, 120], 'bottom-left': [60, height - 160],
        'top-right': [width - 60, 120], 'bottom-right': [width - 60, height - 160] };
    for (const [corner, [x, y]] of Object.entries(places)) {
        const box = await own.boundingBox();
        await caller.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
        await caller.mouse.down();
        await caller.mouse.move(x, y, { steps: 5 });
        await caller.mouse.up();
        await caller.locator(`vv-own-picture[corner=${corner}]`).waitFor();
    }
    const been = new Set();
    for (let i = 0; i < 4; i++) {
        await caller.locator('#open-more').focus();
        await caller.keyboard.press('Enter');
        await caller.getByRole('button', { name: 'Move own picture' }).focus();
        await caller.keyboard.press('Enter');
        been.add(await own.getAttribute('corner'));
    }
    assert.deepEqual([...been].sort(), Object.keys(places).sort());
});

test('a small window floats above the others, with controls that act', async () => {
    await caller.locator('#open-more').click();
    await caller.getByRole('button', { name: 'Small window on top' }).click();
    await until('the picture plays there', () => caller.evaluate(() =>
        window.documentPictureInPicture.window?.document.querySelector('video')?.videoWidth > 0));
    const styled = await caller.evaluate(() => getComputedStyle(window.documentPictureInPicture
        .window.document.querySelector('.control.end')).backgroundColor);
    assert.equal(styled, 'rgb(197, 34, 31)');
    await caller.evaluate(() =>
        window.documentPictureInPicture.window.document.querySelector('.control').click());
    await until('muted from there', async () => !await stage(callee, 'peerMicrophone'));
    await control(caller, 'microphone').click();
    await caller.evaluate(() => window.documentPictureInPicture.window.close());
});

test('controls hide after 3 s, but never with the keyboard focus inside', async () => {
    await caller.evaluate(() => document.querySelector('vv-call-stage').shadowRoot
        .querySelector('vv-call-controls').shadowRoot.activeElement?.blur());
    await caller.mouse.move(300, 300);
    await until('they hide', () => stage(caller, 'idle'));
    await caller.keyboard.press('Tab');
    assert.equal(await stage(caller, 'idle'), false);
    await caller.waitForTimeout(4000); // Longer than the time after which they would hide.
    assert.equal(await stage(caller, 'idle'), false);
});

test('the screen stays on and the system knows the call while it runs', async () => {
    const awake = await caller.evaluate(() => window.awake); // Again after each time it was hidden.
    assert.deepEqual([...new Set(awake)], ['screen']);
    assert.match(await caller.evaluate(() => navigator.mediaSession.metadata.title), /Mary/);
    const press = (action) => caller.evaluate((name) => window.systemKeys[name](), action);
    for (const device of ['microphone', 'camera']) {
        for (const on of [false, true]) {
            await press(`toggle${device}`);
            await caller.locator(`[data-control=${device}][aria-pressed=${on}]`).waitFor();
        }
    }
    await closing(caller, () => press('hangup'));
    await callee.getByText('has ended the call').waitFor();
});
