// SPDX-License-Identifier: Apache-2.0
// What is measured and mixed of sound: levels for meters and hints, and a screen's sound together
// with the voice.
const PERIOD_MS = 100;

/** Tells the loudness (0 to 1) ten times a second; the function given back ends it. */
export type WatchLevel = (track: MediaStreamTrack, onLevel: (level: number) => void) => () => void;

export interface Mix {
    readonly track: MediaStreamTrack;
    close(): void;
}
export type MixTracks = (tracks: readonly MediaStreamTrack[]) => Mix;

let shared: AudioContext | undefined;

function context(): AudioContext {
    shared ??= new AudioContext();
    void shared.resume().catch(() => undefined);
    return shared;
}

/** A meter's 0 to 1 of samples between -1 and 1: -60 dB is 0, full is 1. */
export function loudnessOf(samples: Float32Array): number {
    let sum = 0;
    for (const sample of samples) {
        sum += sample * sample;
    }
    const rms = Math.sqrt(sum / samples.length);
    return rms <= 0.001 ? 0 : Math.min(1, 1 + (20 * Math.log10(rms)) / 60);
}

export const watchLevel: WatchLevel = (track, onLevel) => {
    const audio = context();
    const source = audio.createMediaStreamSource(new MediaStream([track]));
    const analyser = audio.createAnalyser();
    analyser.fftSize = 4096; // As long as a period: no short sound falls between two looks.
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
        if (audio.state === 'running') {
            analyser.getFloatTimeDomainData(samples);
            onLevel(loudnessOf(samples));
        }
    }, PERIOD_MS);
    return () => {
        clearInterval(timer);
        source.disconnect();
    };
};

export const mixTracks: MixTracks = (tracks) => {
    const audio = context();
    const out = audio.createMediaStreamDestination();
    const sources = tracks.map((track) => audio.createMediaStreamSource(new MediaStream([track])));
    sources.forEach((source) => source.connect(out));
    const [track] = out.stream.getAudioTracks();
    if (!track) {
        throw new Error('a mix has a track');
    }
    return {
        track,
        close: () => {
            sources.forEach((source) => source.disconnect());
            track.stop();
        },
    };
};

/** Whether the page may choose where it sounds. */
export function canChooseSpeaker(): boolean {
    return 'setSinkId' in HTMLMediaElement.prototype;
}

/** A stream that plays and is not heard, until it is let: after a click in this page. */
export interface Playing {
    aloud(): void;
    stop(): void;
}

/** To begin to play takes a browser a tenth of a second: what plays already is heard at once. */
export function playStream(stream: MediaStream): Playing {
    const element = new Audio();
    element.srcObject = stream;
    element.muted = true;
    const play = (): void => void element.play().catch(() => undefined);
    play();
    return {
        aloud: () => {
            element.muted = false;
            play(); // Refused: it is heard in the call window then.
        },
        stop: () => {
            element.pause();
            element.srcObject = null;
        },
    };
}
