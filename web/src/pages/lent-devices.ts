// SPDX-License-Identifier: Apache-2.0
// The devices of the page that is clicked: opened at the click, until the call window, which has to
// be loaded first, has its own. Who answers lends them to the connection made while it rang; who
// calls has the microphone open before the other side rings.
import type { Lendable } from '../call/early.ts';
import { devices, rememberedFor } from '../platform/devices.ts';
import type { Storage } from '../platform/storage.ts';
import { readCallSettings } from './call-settings.ts';
import type { MeView } from './services.ts';

/** What was looked up longer ago is looked up again. */
const HOLD_MS = 10_000;

/** Looked up before the click, without any device. */
export class LentDevices {
    private known: Lendable | undefined;
    private looking: Promise<Lendable> | undefined;
    private until = 0;

    constructor(
        private readonly me: () => Promise<MeView | undefined>,
        private readonly storage: Storage,
    ) {}

    /** At once, where it was known before: what has changed since shows when it is opened. */
    look(): Lendable | Promise<Lendable> {
        if (!this.looking || this.until < Date.now()) {
            const looking = this.me().then((me) => devicesToLend(me, this.storage));
            this.until = Date.now() + HOLD_MS;
            this.looking = looking;
            looking.then(
                (known) => {
                    this.known = this.looking === looking ? known : this.known;
                },
                () => (this.until = 0), // The window will say why.
            );
        }
        return this.known ?? this.looking;
    }

    /** The person has chosen otherwise meanwhile. */
    forget(): void {
        this.known = undefined;
        this.looking = undefined;
    }
}

/**
 * What opens each in the click; none: the person was muted or without a picture in the last call,
 * or the browser would ask, which is for the window to do.
 */
async function devicesToLend(me: MeView | undefined, storage: Storage): Promise<Lendable> {
    const isFree = async (kind: 'microphone' | 'camera'): Promise<boolean> =>
        !!me?.settings[kind] && (await rememberedFor(kind)) === 'granted';
    const [voice, picture] = await Promise.all([isFree('microphone'), isFree('camera')]);
    const { microphone, camera } = readCallSettings(storage, me?.user.name ?? '').devices;
    return {
        audio: voice ? () => devices.microphone(microphone) : undefined,
        video: picture ? () => devices.camera(camera) : undefined,
    };
}
