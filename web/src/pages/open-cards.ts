// SPDX-License-Identifier: Apache-2.0
// The popovers of people and spaces: the one that is open follows what is live.
import type { VvPerson } from '../ui/person.ts';
import type { VvSpace } from '../ui/space.ts';
import { services } from './services.ts';

export class OpenCards {
    private person: VvPerson | undefined;
    private space: VvSpace | undefined;

    /** `attempt` tells what is refused. */
    constructor(frame: HTMLElement, attempt: (act: () => Promise<void>) => Promise<void>) {
        frame.addEventListener('vv-person-opens', (event) => {
            this.person = event.composedPath()[0] as VvPerson;
            this.freshen();
        });
        frame.addEventListener('vv-space-opens', (event) => {
            const space = event.composedPath()[0] as VvSpace;
            this.space = space;
            void attempt(() => this.learn(space));
        });
    }

    freshen(): void {
        const { live } = services.get();
        const { person, space } = this;
        if (person?.person) {
            person.person = live.latest(person.person);
            person.offer = live.callOffer(person.person.name);
            person.self = person.person.name === live.self;
        }
        if (space?.known?.member) {
            space.offer = live.roomOffer(space.known.room);
        }
    }

    private async learn(space: VvSpace): Promise<void> {
        const answer = await services.get().talkApi.space(space.space?.name ?? '');
        space.known = answer.space;
        this.freshen();
    }
}
