// SPDX-License-Identifier: Apache-2.0
// What the loudness of the own microphone says that the person may not have noticed.
export type Hint = 'none' | 'muted-speaking' | 'silent';

const SPEECH = 0.38; // -37 dB
const LOOKS = 20;
const SPEECH_LOOKS = 3; // of those: a knock on the table is no speech
const SHOWN_MS = 4000;
const SILENT_AFTER_MS = 10_000;

export class Attention {
    hint: Hint = 'none';
    private loud: boolean[] = [];
    private silentSinceMs: number | undefined;
    private untilMs = 0;

    /** One look, ten a second. */
    onLevel(level: number, microphoneOn: boolean, nowMs: number): void {
        this.loud = [...this.loud.slice(1 - LOOKS), level >= SPEECH];
        const since = this.silentSinceMs ?? nowMs;
        this.silentSinceMs = microphoneOn && level === 0 ? since : undefined;
        if (microphoneOn) {
            const silent =
                this.silentSinceMs !== undefined && nowMs - this.silentSinceMs >= SILENT_AFTER_MS;
            this.hint = silent ? 'silent' : 'none';
        } else if (this.loud.filter(Boolean).length >= SPEECH_LOOKS) {
            this.hint = 'muted-speaking';
            this.untilMs = nowMs + SHOWN_MS;
        } else if (nowMs >= this.untilMs) {
            this.hint = 'none';
        }
    }

    /** The microphone was switched or changed: what was heard before says nothing now. */
    reset(): void {
        this.hint = 'none';
        this.loud = [];
        this.silentSinceMs = undefined;
    }
}
