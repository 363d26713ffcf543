// SPDX-License-Identifier: Apache-2.0
// The sounds, synthesised once into a WAV each and played by an audio element. Each can be switched
// off, and the ring may sound at a second device as well.
import { storage as browserStorage, type Storage } from './storage.ts';

export const TONE_NAMES = ['ring', 'ringBack', 'end', 'cancel', 'busy', 'waiting'] as const;
export type SwitchedTone = (typeof TONE_NAMES)[number];
/** The chime is heard only when one asks for it. */
export type ToneName = SwitchedTone | 'chime';

export interface SoundSettings {
    readonly off: readonly SwitchedTone[];
    /** Where the ring sounds as well; empty: nowhere else. */
    readonly second: string;
}

const KEY = 'visavis.sounds';

export function readSounds(storage: Storage): SoundSettings {
    try {
        const kept = JSON.parse(storage.read(KEY) ?? '{}') as Partial<SoundSettings> | null;
        const off = Array.isArray(kept?.off) ? kept.off : [];
        const second = typeof kept?.second === 'string' ? kept.second : '';
        return { off: TONE_NAMES.filter((name) => off.includes(name)), second };
    } catch {
        return { off: [], second: '' };
    }
}

export function writeSounds(storage: Storage, settings: SoundSettings): void {
    storage.write(KEY, JSON.stringify(settings));
}

interface Note {
    hz: number;
    from: number;
    to: number;
    level?: number;
}

interface Tone {
    seconds: number;
    loop: boolean;
    notes: Note[];
}

const TONES: Record<ToneName, Tone> = {
    ring: {
        seconds: 3,
        loop: true,
        notes: [
            { hz: 659, from: 0, to: 0.35 },
            { hz: 784, from: 0.35, to: 0.7 },
            { hz: 659, from: 0.8, to: 1.15 },
            { hz: 784, from: 1.15, to: 1.5 },
        ],
    },
    ringBack: { seconds: 5, loop: true, notes: [{ hz: 425, from: 0, to: 1 }] },
    end: {
        seconds: 0.5,
        loop: false,
        notes: [
            { hz: 523, from: 0, to: 0.2 },
            { hz: 392, from: 0.22, to: 0.48 },
        ],
    },
    chime: {
        seconds: 1.1,
        loop: false,
        notes: [
            { hz: 523, from: 0, to: 0.3 },
            { hz: 659, from: 0.3, to: 0.6 },
            { hz: 784, from: 0.6, to: 1.05 },
        ],
    },
    cancel: { seconds: 0.3, loop: false, notes: [{ hz: 330, from: 0, to: 0.25 }] },
    busy: {
        seconds: 0.55,
        loop: false,
        notes: [
            { hz: 425, from: 0, to: 0.2 },
            { hz: 425, from: 0.3, to: 0.5 },
        ],
    },
    // Call waiting, in the ear of who speaks already: two beeps, soft.
    waiting: {
        seconds: 0.5,
        loop: false,
        notes: [
            { hz: 880, from: 0, to: 0.12, level: 0.12 },
            { hz: 880, from: 0.26, to: 0.38, level: 0.12 },
        ],
    },
};
const RATE = 16000;
const FADE_S = 0.02;
const LEVEL = 0.35;

/** 16-bit mono WAV of a tone. */
export function wavOf(name: ToneName): ArrayBuffer {
    const tone = TONES[name];
    const count = Math.round(tone.seconds * RATE);
    const view = new DataView(new ArrayBuffer(44 + count * 2));
    const text = (at: number, word: string): void =>
        [...word].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
    text(0, 'RIFF');
    view.setUint32(4, 36 + count * 2, true);
    text(8, 'WAVEfmt ');
    view.setUint32(16, 16, true);
    view.setUint16(20, 1, true);
    view.setUint16(22, 1, true);
    view.setUint32(24, RATE, true);
    view.setUint32(28, RATE * 2, true);
    view.setUint16(32, 2, true);
    view.setUint16(34, 16, true);
    text(36, 'data');
    view.setUint32(40, count * 2, true);
    for (const { hz, from, to, level: loud = LEVEL } of tone.notes) {
        for (let i = Math.round(from * RATE); i < Math.round(to * RATE); i++) {
            const at = i / RATE;
            const level = Math.min(1, (at - from) / FADE_S, (to - at) / FADE_S) * loud;
            view.setInt16(44 + i * 2, Math.sin(2 * Math.PI * hz * at) * level * 32767, true);
        }
    }
    return view.buffer;
}

export interface Tones {
    /**
     * Refuses when the browser does not let this page sound yet; one that is switched off is
     * silent.
     */
    play(name: ToneName): Promise<void>;
    stop(): void;
    /** From the next tone on; empty: the system's speaker. */
    soundAt(speaker: string): void;
}

/** As far as this browser and that device can: a device that is gone stays silent. */
async function playAt(audio: HTMLAudioElement, device: string): Promise<void> {
    try {
        await audio.setSinkId(device);
        await audio.play();
    } catch {
        // The ring at the usual device is what counts.
    }
}

/** `settings` is asked at each sound: another tab may have changed them. */
export function createTones(
    settings: () => SoundSettings = () => readSounds(browserStorage),
    loops = true,
): Tones {
    const urls = new Map<ToneName, string>();
    let playing: HTMLAudioElement[] = [];
    let at = '';
    const urlOf = (name: ToneName): string => {
        const made = urls.get(name);
        const url = made ?? URL.createObjectURL(new Blob([wavOf(name)], { type: 'audio/wav' }));
        urls.set(name, url);
        return url;
    };
    const audioOf = (name: ToneName): HTMLAudioElement => {
        const audio = new Audio(urlOf(name));
        audio.loop = loops && TONES[name].loop;
        playing.push(audio);
        return audio;
    };
    const stop = (): void => {
        playing.forEach((audio) => audio.pause());
        playing = [];
    };
    return {
        stop,
        soundAt: (speaker) => (at = speaker),
        play: async (name) => {
            stop();
            const { off, second } = settings();
            if (off.some((one) => one === name)) {
                return;
            }
            const audio = audioOf(name);
            if (name === 'ring' && second !== '') {
                void playAt(audioOf(name), second);
            }
            if (at !== '') {
                await audio.setSinkId(at).catch(() => undefined); // Gone: the system's speaker.
            }
            await audio.play();
        },
    };
}
