// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CallSideInfo, CallStepInfo } from '../protocol/messages.ts';
import { gradeOf, stepWords } from './timeline.ts';

const step = (part: Partial<CallStepInfo>): CallStepInfo => ({ afterMs: 0, what: 'started',
    mine: true, device: '', how: 'none', path: 'unknown', transport: 'unknown', ...part });
const side = (part: Partial<CallSideInfo>): CallSideInfo => ({ mine: true, reports: 3,
    path: 'direct', transport: 'udp', lossPermille: 0, lossWorstPermille: 0, rttMs: 30,
    rttWorstMs: 60, jitterMs: 2, jitterWorstMs: 9, ...part });

test('whatever can happen in a call, there are words for it', () => {
    const read = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');
    const texts = read('../text/calls-en.ftl');
    const { structs } = JSON.parse(read('../../../protocol/call.json')) as {
        structs: { name: string; fields: { name: string; values: string[] }[] }[];
    };
    const { fields } = structs.find(({ name }) => name === 'callStep')!;
    const values = (name: string) => fields.find((field) => field.name === name)!.values;
    let seen = 0;
    for (const what of values('what')) {
        const hows = values('how').filter((one) => (one === 'none') !== (what === 'rings'));
        for (const how of hows) {
            for (const path of what === 'path' ? values('path') : ['unknown']) {
                for (const transport of path === 'relayed' ? values('transport') : ['unknown']) {
                    for (const mine of [true, false]) {
                        const words = stepWords(
                            step({ what, how, path, transport, mine } as Partial<CallStepInfo>));
                        if (words) {
                            seen++;
                            expect(texts).toContain(`\n${words.key} =`);
                        }
                    }
                }
            }
        }
    }
    expect(seen).toBeGreaterThan(30);
});

test('a path says how, and whose ring was silent why', () => {
    expect(stepWords(step({ what: 'path', path: 'relayed', transport: 'tls', mine: false }))?.key)
        .toBe('step-path-relayed-tls-theirs');
    expect(stepWords(step({ what: 'rings', how: 'by-autoplay', device: 'laptop' })))
        .toEqual({ key: 'step-rings-by-autoplay-mine', device: 'laptop', afterMs: 0 });
    expect(stepWords(step({ what: 'connected' }))).toBeUndefined();
});

test('what was reported becomes a word', () => {
    expect(gradeOf(undefined)).toBe('none');
    expect(gradeOf(side({ reports: 0 }))).toBe('none');
    expect(gradeOf(side({}))).toBe('good');
    expect(gradeOf(side({ lossPermille: 40 }))).toBe('fair');
    expect(gradeOf(side({ rttMs: 600 }))).toBe('fair');
    expect(gradeOf(side({ lossPermille: 120 }))).toBe('poor');
});
