// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { ConnectorInfo } from '../protocol/messages.ts';
import { chosenFor, noConnectors, possibleFor, possibleForGroup } from './offers.ts';

const connector = (name: string, more: Partial<ConnectorInfo> = {}): ConnectorInfo =>
    ({ name, title: name, kind: 'media', groups: false, account: '', needs: 'none', ...more });
const webrtc = connector('webrtc');
const sip = connector('sip', { kind: 'program', account: 'sip', needs: 'both' });
const link = connector('link', { kind: 'meeting', account: 'link', needs: 'either' });
const all = { active: [webrtc, sip, link], choices: [] };
const names = (list: readonly ConnectorInfo[]) => list.map(({ name }) => name);

test('a connector that needs accounts is offered to those who have them', () => {
    expect(names(possibleFor(all, '', '', true))).toEqual(['webrtc']);
    expect(names(possibleFor(all, 'sip', 'sip', true))).toEqual(['webrtc', 'sip']);
    expect(names(possibleFor(all, 'sip', '', true))).toEqual(['webrtc']);
    expect(names(possibleFor(all, '', 'link sip', true))).toEqual(['webrtc', 'link']);
});

test('a browser without WebRTC is not offered calls of sound and picture', () => {
    expect(names(possibleFor(all, 'sip', 'sip', false))).toEqual(['sip']);
    expect(possibleFor(noConnectors, '', '', true)).toEqual([]);
});

test('the choice for the person wins over that for everybody, if it is possible', () => {
    const choices = [{ target: 'mary', connector: 'link' }, { target: '', connector: 'sip' }];
    const now = { ...all, choices };
    expect(chosenFor(now, [webrtc, sip, link], 'mary')).toBe('link');
    expect(chosenFor(now, [webrtc, sip, link], 'john')).toBe('sip');
    expect(chosenFor(now, [webrtc, sip], 'mary')).toBe('sip');
    expect(chosenFor(now, [webrtc], 'mary')).toBe('webrtc');
    expect(chosenFor(now, [], 'mary')).toBe('');
});

test('a group is called by what meets and calls groups, with an account of who begins', () => {
    const meet = { ...link, name: 'meet', groups: true };
    const open = { ...meet, name: 'open', needs: 'none' } as const;
    const both = { ...meet, name: 'both', needs: 'both' } as const;
    const now = { active: [webrtc, sip, link, meet, open, both], choices: [] };
    expect(names(possibleForGroup(now, ''))).toEqual(['open']);
    expect(names(possibleForGroup(now, 'link'))).toEqual(['meet', 'open']);
});
