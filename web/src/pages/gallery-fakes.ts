// SPDX-License-Identifier: Apache-2.0
import type { Checks } from './call-checks.ts';

/** A picture as a camera would send it, drawn: the gallery opens no device. */
export function fakePicture(document: Document): MediaStream | null {
    const canvas = document.createElement('canvas');
    canvas.width = 640;
    canvas.height = 360;
    const pen = canvas.getContext('2d');
    if (!pen) {
        return null;
    }
    const sky = pen.createLinearGradient(0, 0, 640, 360);
    sky.addColorStop(0, '#5b7f95');
    sky.addColorStop(1, '#d9a679');
    pen.fillStyle = sky;
    pen.fillRect(0, 0, 640, 360);
    pen.fillStyle = '#3a2f33';
    pen.beginPath();
    pen.ellipse(320, 390, 190, 150, 0, 0, 2 * Math.PI);
    pen.fill();
    pen.fillStyle = '#e6bfa2';
    pen.beginPath();
    pen.ellipse(320, 170, 72, 92, 0, 0, 2 * Math.PI);
    pen.fill();
    return canvas.captureStream(1);
}

/** Devices that are drawn: a voice at half its loudness, the picture above. */
export const fakeChecks: Checks = {
    open: async () => {
        const [track] = fakePicture(document)?.getVideoTracks() ?? [];
        return track ?? 'absent';
    },
    level: async (_track, onLevel) => {
        onLevel(0.5);
        return () => undefined;
    },
};
