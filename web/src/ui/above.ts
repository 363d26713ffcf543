// SPDX-License-Identifier: Apache-2.0
// What stands above all of a page: the cards of calls and the toast. Behind a modal dialog nothing
// can be seen well, read out or pressed: while one is open, it is drawn inside of it. A popover
// lies over what was there before: what stands above is put on top of it again.
import { nothing, type ReactiveElement } from 'lit';

interface Raised {
    raise(): void;
}

class Above {
    private place: Raised | undefined;
    private frame: ReactiveElement | undefined;
    private content: unknown = nothing;
    /** The dialogs that are open; the last one lies on top. */
    private readonly dialogs: ReactiveElement[] = [];

    /** In the drawing of the frame of a page: `content` where no dialog has it. */
    inFrame(frame: ReactiveElement, content: unknown): unknown {
        this.frame = frame;
        this.content = content;
        const top = this.dialogs.at(-1);
        top?.requestUpdate();
        return top ? nothing : content;
    }

    /** In the drawing of a dialog. */
    inDialog(dialog: ReactiveElement): unknown {
        return this.dialogs.at(-1) === dialog ? this.content : nothing;
    }

    stands(place: Raised): void {
        this.place = place;
    }

    goes(place: Raised): void {
        this.place = this.place === place ? undefined : this.place;
    }

    /** After a popover has opened. */
    raise(): void {
        this.place?.raise();
    }

    opened(dialog: ReactiveElement): void {
        this.dialogs.at(-1)?.requestUpdate();
        this.dialogs.push(dialog);
        this.frame?.requestUpdate();
    }

    closed(dialog: ReactiveElement): void {
        const at = this.dialogs.indexOf(dialog);
        if (at >= 0) {
            this.dialogs.splice(at, 1);
            dialog.requestUpdate();
            this.frame?.requestUpdate();
        }
    }
}

export const above = new Above();
