// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test, vi } from 'vitest';
import { fakeDoors, FakeStream } from './fakes.ts';
import { LocalMedia, type DeviceNotice } from './local-media.ts';

let doors: ReturnType<typeof fakeDoors>;
let sent: Record<'audio' | 'video', string | undefined>;
let notices: DeviceNotice[];
let media: LocalMedia;
let level: number;

beforeEach(() => {
    vi.stubGlobal('MediaStream', FakeStream);
    doors = fakeDoors();
    sent = { audio: undefined, video: undefined };
    notices = [];
    media = new LocalMedia(doors, {
        onTrack: (kind, track) => (sent[kind] = track?.label),
        onChange: () => undefined,
        onNotice: (notice) => notices.push(notice),
        onLevel: (heard) => (level = heard),
    });
});

test('N13: camera off closes the device, on opens it again', async () => {
    await media.setCamera(true);
    const first = doors.devices.last('camera');
    expect(sent.video).toBe('camera');
    await media.setCamera(false);
    expect(first.stopped).toBe(true);
    expect(sent.video).toBeUndefined();
    expect(media.stream).toBeNull();
    await media.setCamera(true);
    expect(doors.devices.opened).toHaveLength(2);
});

test('a muted microphone stays open, sends silence, and is heard here', async () => {
    await media.setMicrophone(true);
    await media.setMicrophone(false);
    const track = doors.devices.last('microphone');
    expect(track.stopped).toBe(false);
    expect(track.enabled).toBe(false);
    const twin = doors.sound.watched.at(-1);
    expect(twin?.label).toBe('twin of microphone');
    expect(twin?.enabled).toBe(true);
    doors.sound.hear(0.7);
    expect(level).toBe(0.7);
    await media.setMicrophone(true);
    expect(twin?.stopped).toBe(true);
    expect(doors.devices.opened).toHaveLength(1);
});

test('what cannot be opened is a problem until it can', async () => {
    doors.devices.refuses.set('microphone', 'in-use');
    expect(await media.setMicrophone(true)).toBe('in-use');
    expect(media.microphone).toBe(false);
    expect(media.problems.get('microphone')).toBe('in-use');
    doors.devices.refuses.clear();
    expect(await media.setMicrophone(true)).toBeUndefined();
    expect(media.problems.size).toBe(0);
});

test('an unplugged microphone is replaced, muted if it was, and told', async () => {
    await media.choose('microphone', 'headset');
    await media.setMicrophone(false);
    const headset = doors.devices.last('headset');
    headset.unplug();
    await vi.waitFor(() => expect(notices).toHaveLength(1));
    expect(notices[0]).toEqual({ what: 'fallback', device: 'microphone', detail: 'microphone' });
    expect(headset.stopped).toBe(true);
    expect(sent.audio).toBe('microphone');
    expect(media.microphone).toBe(false);
});

test('an unplugged camera without another one is off, and told', async () => {
    await media.setCamera(true);
    doors.devices.refuses.set('camera', 'absent');
    doors.devices.last('camera').unplug();
    await vi.waitFor(() => expect(notices).toHaveLength(1));
    expect(notices[0]).toEqual({ what: 'lost', device: 'camera', detail: 'absent' });
    expect(media.camera).toBe(false);
    expect(sent.video).toBeUndefined();
});

test('another device takes over at once, in the state of the one before', async () => {
    await media.setMicrophone(true);
    await media.setMicrophone(false);
    await media.choose('microphone', 'headset');
    expect(doors.devices.last('microphone').stopped).toBe(true);
    expect(sent.audio).toBe('headset');
    expect(media.microphone).toBe(false);
    expect(media.deviceOf('microphone')).toBe('headset');
    await media.choose('camera', 'wide');
    expect(media.camera).toBe(false);
    await media.setCamera(true);
    expect(sent.video).toBe('wide');
});

test('a screen takes the place of the camera, and its sound joins the voice', async () => {
    doors.devices.screenSound = true;
    await media.setMicrophone(true);
    await media.setCamera(true);
    await media.share();
    expect(sent).toEqual({ audio: 'microphone + screen sound', video: 'screen' });
    expect(media.outgoing('video')?.label).toBe('screen');
    await media.setCamera(false);
    expect(sent.video).toBe('screen');
    await media.setCamera(true);
    doors.devices.last('screen').unplug();
    expect(sent).toEqual({ audio: 'microphone', video: 'camera' });
    expect(doors.devices.last('screen sound').stopped).toBe(true);
    expect(media.screen).toBe(false);
});

test('closing stops everything, also what comes too late', async () => {
    await media.setMicrophone(true);
    const late = media.setCamera(true);
    media.close();
    await late;
    expect(doors.devices.opened.every((track) => track.stopped)).toBe(true);
    expect(media.camera).toBe(false);
});

test('held: no device is open; taken up: what was on is on again, what was muted is muted',
    async () => {
        await media.setMicrophone(true);
        await media.setMicrophone(false);
        await media.setCamera(true);
        await media.share();
        await media.hold(true);
        expect(doors.devices.opened.every(({ stopped }) => stopped)).toBe(true);
        expect(sent).toEqual({ audio: undefined, video: undefined });
        await media.hold(true);
        await media.hold(false);
        expect([media.microphone, media.camera, media.screen]).toEqual([false, true, false]);
        expect(doors.devices.last('microphone').stopped).toBe(false);
        expect(doors.devices.last('microphone').enabled).toBe(false);
        expect(sent.video).toBe('camera');
    });

test('what is switched while the call is held counts when it is taken up', async () => {
    await media.hold(true);
    await media.setMicrophone(true);
    await media.setCamera(true);
    expect(doors.devices.opened).toEqual([]);
    await media.hold(false);
    expect([media.microphone, media.camera]).toEqual([true, true]);
});
