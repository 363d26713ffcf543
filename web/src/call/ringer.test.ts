// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test } from 'vitest';
import { applyEvent, nothingLive, type LiveState } from '../model/live.ts';
import type { CallInfo } from '../protocol/messages.ts';
import { fakeCall } from './fakes.ts';
import { Ringer } from './ringer.ts';

let state: LiveState;
let sounds: string[];
let said: string[];
let blocked: boolean;
let locked: boolean;
let off: boolean;
let lead: () => void;
let led: boolean;
let shaking: boolean;
let ringer: Ringer;

beforeEach(() => {
    state = nothingLive;
    sounds = [];
    said = [];
    blocked = false;
    locked = false;
    off = false;
    led = false;
    shaking = false;
    ringer = new Ringer({
        lead: (onLead) => {
            lead = onLead;
            led = true;
            return () => (led = false);
        },
        tones: {
            play: async (name) => {
                sounds.push(name);
                if (locked) {
                    throw new Error('a click is needed');
                }
            },
            stop: () => void sounds.push('stop'),
            soundAt: () => undefined,
        },
        isOff: () => off,
        vibrate: (on) => (shaking = on),
        say: (call, how) => said.push(`${call} ${how}`),
        onBlocked: (now) => (blocked = now),
    });
});

async function told(call: Partial<CallInfo>): Promise<void> {
    const event = { type: 'call.changed', call: { ...fakeCall, role: 'callee', ...call } } as const;
    state = applyEvent(state, event);
    ringer.follow(state);
    await Promise.resolve();
    await Promise.resolve();
}

async function rings(call: Partial<CallInfo> = {}): Promise<void> {
    await told({ id: 'a', ...call });
    lead();
    await Promise.resolve();
    await Promise.resolve();
}

test('only the window that leads sounds and says so, once', async () => {
    await told({ id: 'a' });
    expect([sounds, said]).toEqual([[], []]);
    lead();
    await Promise.resolve();
    await Promise.resolve();
    expect([sounds, said]).toEqual([['ring'], ['a audible']]);
    await told({ id: 'a', ringLeftMs: 1000 });
    expect(said).toEqual(['a audible']);
});

test('a browser that lets the page not sound is told to both sides, until a click', async () => {
    locked = true;
    await rings();
    expect([said, blocked]).toEqual([['a by-autoplay'], true]);
    locked = false;
    ringer.unlock();
    await Promise.resolve();
    await Promise.resolve();
    expect([said.at(-1), blocked]).toEqual(['a audible', false]);
});

test('who is not to be disturbed hears nothing, and the caller is told why', async () => {
    await rings({ silent: true });
    expect(sounds).toEqual(['stop']);
    expect(said).toEqual(['a by-status']);
    await told({ id: 'b' });
    expect(sounds).toEqual(['stop', 'ring']);
    expect(said).toEqual(['a by-status', 'b audible']);
});

test('a ring that is switched off in the settings is silent by choice', async () => {
    off = true;
    await rings();
    expect(said).toEqual(['a by-status']);
});

test('a waiting call beeps, and rings when the other one is over', async () => {
    await told({ id: 'mine', state: 'active' });
    await rings({ waiting: true });
    expect(sounds).toEqual(['waiting']);
    await told({ id: 'mine', state: 'ended' });
    await told({ id: 'a', waiting: false });
    expect(sounds).toEqual(['waiting', 'ring']);
});

test('N3: of two calls one sound, and withdrawing one leaves the other', async () => {
    await rings();
    await told({ id: 'b' });
    expect([sounds, said]).toEqual([['ring'], ['a audible', 'b audible']]);
    await told({ id: 'a', state: 'ended' });
    expect(sounds).toEqual(['ring']);
    await told({ id: 'b', state: 'ended' });
    expect([sounds, led]).toEqual([['ring', 'stop'], false]);
});

test('what is ignored here makes no sound here', async () => {
    await rings();
    await told({ id: 'a', ignored: true });
    expect([sounds.at(-1), led]).toEqual(['stop', false]);
});

test('after a fresh session the callers are told again', async () => {
    await rings();
    ringer.forget();
    await told({ id: 'a' });
    expect(said).toEqual(['a audible', 'a audible']);
});

test('a sound that begins after the end says nothing', async () => {
    const ending = told({ id: 'a' });
    lead();
    const over = told({ id: 'a', state: 'ended' });
    await Promise.all([ending, over]);
    expect(said).toEqual([]);
});

test('a telephone shakes while it rings, unless the sound is switched off', async () => {
    await rings();
    expect(shaking).toBe(true);
    await told({ id: 'b', state: 'active' });
    expect(shaking).toBe(false); // Two soft beeps.
    await told({ id: 'b', state: 'ended' });
    expect(shaking).toBe(true);
    ringer.hush();
    expect(shaking).toBe(false);
    await told({ id: 'a', state: 'ended' });
    off = true;
    await rings({ id: 'c' });
    expect(shaking).toBe(false);
});
